// Two certified OpenID providers on loopback, and a third server by which tests turn their keys and read what they sent.
// Started with the callbacks of our client as arguments; says where it stands in one line of JSON.
import http from 'node:http';
import { once } from 'node:events';
import { exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import { Provider } from 'oidc-provider';

const CALLBACKS = process.argv.slice(2);
const PEOPLE = { alice: { name: '王医办', org_code: 'H42010600001' }, bob: { name: '李四', org_code: 'H42010600002' } };
const received = [];
const keys = {};

async function listening(handler) {
  const server = http.createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}

async function fresh(kid) {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  keys[kid] = { ...(await exportJWK(privateKey)), kid, use: 'sig', alg: 'RS256' };
  return keys[kid];
}

function provider(issuer, key, control) {
  const made = new Provider(issuer, {
    clients: [
      {
        client_id: 'fenliang',
        client_secret: 'the secret that we share, long enough',
        redirect_uris: CALLBACKS,
        post_logout_redirect_uris: [new URL('/accounts/login/', CALLBACKS[0]).href],
        backchannel_logout_uri: `${control}/received`,
        backchannel_logout_session_required: true,
      },
    ],
    jwks: { keys: [key] },
    cookies: { keys: ['of the tests'] },
    claims: { openid: ['sub'], profile: ['name', 'org_code'] },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource: (ctx, form) => { ctx.body = form; } },
    },
    fetch: (url, options) => fetch(url, { ...options, dispatcher: undefined }), // by itself it asks nobody on loopback
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...PEOPLE[id] }) }),
    loadExistingGrant: async (ctx) => {
      const grant = new made.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
  });
  return made;
}

function serving(current) {
  return async (request, response) => {
    if (request.url === '/me' && current.person) {
      response.setHeader('Content-Type', 'application/json');
      return response.end(JSON.stringify({ sub: current.person })) && delete current.person;
    }
    if (!request.url.startsWith('/interaction/')) return current.provider.callback()(request, response);
    const { params } = await current.provider.interactionDetails(request, response);
    return current.provider.interactionFinished(request, response, { login: { accountId: params.login_hint } });
  };
}

async function body(request) {
  let text = '';
  for await (const piece of request) text += piece;
  return text;
}

async function controlled(request, response) {
  const { pathname, searchParams } = new URL(request.url, 'http://127.0.0.1');
  let answer = {};
  if (pathname === '/received' && request.method === 'POST') {
    received.push(new URLSearchParams(await body(request)).get('logout_token'));
  } else if (pathname === '/received') {
    answer = received.splice(0);
  } else if (pathname === '/rotate') {
    own.provider = provider(own.issuer, await fresh(searchParams.get('kid')), control);
  } else if (pathname === '/person') {
    own.person = searchParams.get('sub'); // whom the next question about a person is answered with
  } else if (pathname === '/sign') {
    const key = keys[searchParams.get('kid')];
    const signed = new SignJWT(JSON.parse(await body(request)));
    signed.setProtectedHeader({ alg: key.alg, kid: key.kid, typ: searchParams.get('typ') ?? 'JWT' });
    answer = await signed.sign(await importJWK(key, key.alg));
  }
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(answer));
}

const own = {}, foreign = {};
const control = await listening(controlled);
own.issuer = await listening(serving(own));
foreign.issuer = await listening(serving(foreign));
own.provider = provider(own.issuer, await fresh('first'), control);
foreign.provider = provider(foreign.issuer, await fresh('foreign'), control);
process.stdin.resume().on('end', () => process.exit()); // whoever started us is gone
console.log(JSON.stringify({ control, issuer: own.issuer, foreign: foreign.issuer }));
