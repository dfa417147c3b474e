// The program under test: what agents do with a server of the Model Context Protocol, one after the
// other. It prints what it sees, and must print the same whether it is watched or not.

const scenarios = {
  list: async (client) => (await client.listTools()).tools.map(({ name }) => name),
  call: (client) => client.callTool({ name: 'weather', arguments: { city: 'Bern' } }),
  frozen: (client) => {
    const params = Object.freeze({ name: 'weather', arguments: Object.freeze({ city: 'Rome' }) });
    return client.callTool(params);
  },
  failing: (client) => client.callTool({ name: 'failing', arguments: {} }),
  missing: (client) => client.callTool({ name: 'nowhere', arguments: {} }),
  prompt: (client) => client.getPrompt({ name: 'greeting' }),
  gone: (client) => {
    const call = { name: 'weather', arguments: { city: 'Oslo' } };
    const options = { signal: AbortSignal.abort(new Error('changed my mind')) };
    // The older form has a schema between the two.
    const isSplit = client.callTool.length === 2;
    return isSplit ? client.callTool(call, options) : client.callTool(call, undefined, options);
  },
  beside: async (client) => {
    const cities = ['Bonn', 'Lima', 'Oslo'];
    const asked = cities.map((city) => client.callTool({ name: 'weather', arguments: { city } }));
    return (await Promise.all(asked)).map(({ content }) => content[0].text);
  },
};

export async function run({ Client, StdioClientTransport }, server) {
  const client = new Client({ name: 'desk', version: '1.0.0' });
  const { execPath: command, execArgv, env } = process;
  await client.connect(
    new StdioClientTransport({ command, args: [...execArgv, ...server], env, stderr: 'inherit' }),
  );
  for (const [name, scenario] of Object.entries(scenarios)) {
    let seen;
    try {
      seen = await scenario(client);
    } catch (error) {
      seen = { thrown: error.constructor.name, message: error.message };
    }
    console.log(JSON.stringify([name, seen]));
  }
  await client.close();
}
