// Validates pages: a JSON line {name, html} in, a JSON line {name, problems} out.
const { HtmlValidate, StaticConfigLoader } = require('html-validate');
const lines = require('readline').createInterface({ input: process.stdin });

const validator = new HtmlValidate(new StaticConfigLoader({
  root: true,
  extends: ['html-validate:standard'],
  // Everything comes from the page's own origin.
  rules: { 'require-sri': 'off' },
}));

lines.on('line', async (line) => {
  const { name, html } = JSON.parse(line);
  const report = await validator.validateString(html, name);
  const messages = report.results.flatMap((result) => result.messages);
  const problems = messages.map((each) => `${each.ruleId} at ${each.line}:${each.column} ${each.selector ?? ''}: ${each.message}`);
  console.log(JSON.stringify({ name, problems }));
});
