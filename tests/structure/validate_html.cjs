// Validates pages: a JSON line {name, html} in, a JSON line {name, problems} out.
const { HtmlValidate, StaticConfigLoader } = require('html-validate');
const lines = require('readline').createInterface({ input: process.stdin });

const validator = new HtmlValidate(new StaticConfigLoader({
  root: true,
  extends: ['html-validate:standard'],
  rules: {
    'require-sri': 'off', // everything comes from the page's own origin
    'input-missing-label': 'error',
    'no-missing-references': 'error',
    'no-redundant-for': 'error',
    'multiple-labeled-controls': 'error',
    'aria-label-misuse': ['error', { allowAnyNamable: true }], // ARIA lets lists have names
    'empty-heading': 'error',
    'empty-title': 'error',
    'text-content': 'error',
    'unique-landmark': 'error',
    'no-autoplay': 'error',
    'tel-non-breaking': 'off',
  },
}));

lines.on('line', async (line) => {
  const { name, html } = JSON.parse(line);
  const report = await validator.validateString(html, name);
  const messages = report.results.flatMap((result) => result.messages);
  const problems = messages.map((each) => `${each.ruleId} at ${each.line}:${each.column} ${each.selector ?? ''}: ${each.message}`);
  console.log(JSON.stringify({ name, problems }));
});
