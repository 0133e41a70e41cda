// A service of another team, in JavaScript: hears every public event of the AsyncAPI document and validates it.
// Arguments: broker's address, own name, the document's address. Says a JSON line for each event: {event, problems}.
const amqp = require('amqplib');
const Ajv = require('ajv');
const addFormats = require('ajv-formats');

async function main([broker, name, address]) {
  const document = await (await fetch(address)).json();
  const ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
  ajv.addSchema(document, 'asyncapi');
  const validators = new Map(Object.keys(document.components.messages).map((type) =>
    [type, ajv.compile({ $ref: `asyncapi#/components/messages/${type}/payload` })]));

  const channel = await (await amqp.connect(broker)).createChannel();
  const { queue } = await channel.assertQueue(`evt-registry-all--${name}.events`, { durable: true });
  for (const { address: key, bindings } of Object.values(document.channels).filter((each) => each['x-public'])) {
    await channel.bindQueue(queue, bindings.amqp.exchange.name, key);
  }
  await channel.consume(queue, (message) => {
    const event = JSON.parse(message.content);
    const validate = validators.get(event.type);
    const problems = validate ? (validate(event) ? [] : validate.errors) : [`unknown type ${event.type}`];
    console.log(JSON.stringify({ event, problems }));
    channel.ack(message);
  });
  console.log(JSON.stringify({ listening: queue }));
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
