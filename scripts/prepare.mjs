/** After an installation: the build. `npx analytics-deploy` links this folder into a cache of its own and asks too; nothing is to be built then. */
if (process.env.npm_command !== 'exec') await import('./build.mjs');
