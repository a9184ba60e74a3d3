/* An OpenID provider for tests: node provider.mjs, with PORT, ISSUER, KEYS (a key set), CLIENT and PEOPLE as JSON. */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const { PORT, ISSUER, MODULES } = process.env;
const [keys, client, people] = ["KEYS", "CLIENT", "PEOPLE"].map((name) => JSON.parse(process.env[name]));
const found = createRequire(`${MODULES}/`).resolve("oidc-provider");
const { default: Provider } = await import(pathToFileURL(found));

const provider = new Provider(ISSUER, {
  clients: [client],
  jwks: keys,
  claims: { openid: ["sub"], profile: ["name", "preferred_username"], email: ["email"], groups: ["groups"] },
  scopes: ["openid", "profile", "email", "groups"],
  cookies: { keys: ["for tests only"] },
  features: { devInteractions: { enabled: false } },
  pkce: { required: () => true },
  async findAccount(_, id) {
    const person = people[id];
    return person && { accountId: person.sub, claims: async () => ({ ...person }) };
  },
  /* Whoever signs in has agreed to everything that this client asks for. */
  async loadExistingGrant(ctx) {
    const grant = new provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope("openid profile email groups");
    await grant.save();
    return grant;
  },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  ttl: { Session: 600, Interaction: 600, Grant: 600, AccessToken: 600, IdToken: 600, AuthorizationCode: 60 },
});

/* The page that asks who it is: `?as=SUB` signs in, `?as=` breaks off. */
provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith("/interaction/")) return next();
  const as = ctx.query.as;
  if (as === undefined) {
    const links = Object.keys(people).map((one) => `<a href="?as=${one}">${one}</a>`).join(" ");
    ctx.body = `<!doctype html><title>Who is it?</title><h1>Who is it?</h1>${links} <a href="?as=">nobody</a>`;
    return undefined;
  }
  const result = as ? { login: { accountId: as } } : { error: "access_denied", error_description: "broken off" };
  return provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: false });
});

provider.on("server_error", (_, error) => console.error(error));
provider.listen(Number(PORT), "127.0.0.1", () => console.log("listening"));
