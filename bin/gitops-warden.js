#!/usr/bin/env node
// Plain old JavaScript: it has to run on a Node.js that is too old, to say so.
var major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write('gitops-warden needs Node.js 24 or newer; this is ' + process.version + '.\n');
  process.exit(2);
}
import('./compile-cache.js')
  .then(function () {
    return import('../dist/cli.js');
  })
  .then(
    function (cli) {
      return cli.main(process.argv.slice(2));
    },
    function (error) {
      process.stderr.write('gitops-warden could not start: ' + String(error && error.message) + '\n');
      process.exit(2);
    },
  );
