/**
 * Sums up a CI run: the JSON report of vitest, and the exit codes of the steps as `name=code`.
 *
 * Usage: node .ci/sum.mjs REPORT test=0 lint=0 …
 *
 * The last line is `N passed, N failed`; the exit code is 1 when anything failed or no test ran. A step other than
 * `test` counts as one. With RTMP_REQUIRE_CLIENTS=1 a skipped test counts as failed.
 */

import { readFileSync } from "node:fs";

const [reportPath, ...steps] = process.argv.slice(2);
const skippedFails = process.env.RTMP_REQUIRE_CLIENTS === "1";

/** The report, or an empty one when the tests did not get as far as writing it. */
function readReport() {
  try {
    return JSON.parse(readFileSync(reportPath, "utf8"));
  } catch (error) {
    console.log(`NO TEST REPORT: ${error.message}`);
    return { testResults: [] };
  }
}

function list(heading, names) {
  if (names.length > 0) console.log(`${heading}:`);
  for (const name of names) console.log(`  ${name}`);
}

const suites = readReport().testResults;
const tests = suites.flatMap(({ name, assertionResults }) =>
  assertionResults.map(({ status, fullName }) => ({ status, name: `${name}: ${fullName}` })),
);
const namesOf = (wanted) => tests.filter(({ status }) => wanted(status)).map(({ name }) => name);
const passed = namesOf((status) => status === "passed");
const failed = namesOf((status) => status === "failed");
const skipped = namesOf((status) => status !== "passed" && status !== "failed");
// A suite that fails without a failed test did not load, or one of its hooks failed.
const brokenSuites = suites
  .filter(({ status }) => status === "failed")
  .filter(({ assertionResults }) => assertionResults.every(({ status }) => status !== "failed"))
  .map(({ name, message }) => `${name}: ${String(message).split("\n")[0]}`);

const outcomes = steps.map((step) => {
  const [name, code] = step.split("=");
  return { name, isGood: code === "0" };
});
const checks = outcomes.filter(({ name }) => name !== "test");
const passedChecks = checks.filter(({ isGood }) => isGood);
const failedSteps = checks.filter(({ isGood }) => !isGood).map(({ name }) => name);
const testsFailed = failed.length + brokenSuites.length;
const testRunFailed = outcomes.some(({ name, isGood }) => name === "test" && !isGood);
// As with an error outside of any test, or a build that failed.
if ((testRunFailed && testsFailed === 0) || tests.length === 0) failedSteps.push("test");

list("FAILED TESTS", failed);
list("SUITES THAT FAILED AS A WHOLE", brokenSuites);
list("SKIPPED TESTS", skipped);
list("FAILED STEPS", failedSteps);

const totalPassed = passed.length + passedChecks.length;
const totalFailed = testsFailed + failedSteps.length + (skippedFails ? skipped.length : 0);
console.log(`${totalPassed} passed, ${totalFailed} failed`);
process.exitCode = totalFailed === 0 ? 0 : 1;
