import { readFileSync } from 'node:fs';

/** What vitest's JSON reporter writes, as far as it is read here. */
interface Report {
  readonly numPassedTests?: number;
  readonly numFailedTests?: number;
  readonly numPendingTests?: number;
  readonly numTodoTests?: number;
  readonly testResults?: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly ancestorTitles: readonly string[];
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/** Lines of a failure that are told again at the end of the run, where they are not lost in what the other suites print. */
const FAILURE_LINES = 6;

/** A suite's outcome, read from vitest's report. */
export interface SuiteReport {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Titles of suites that `describeIf` skipped; each names the component that is missing. */
  readonly skippedSuites: readonly string[];
  /** A text for each test that failed: file, name, the first lines of why. */
  readonly failures: readonly string[];
}

/** Throws if there is no report. */
export function readSuiteReport(path: string): SuiteReport {
  const report = JSON.parse(readFileSync(path, 'utf8')) as Report;
  const tests = (report.testResults ?? []).flatMap(({ name, assertionResults }) =>
    assertionResults.map((test) => ({ ...test, file: name })),
  );
  const titles = tests.flatMap(({ ancestorTitles }) => ancestorTitles);
  return {
    passed: report.numPassedTests ?? 0,
    failed: report.numFailedTests ?? 0,
    skipped: (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0),
    skippedSuites: [...new Set(titles.filter((title) => title.includes('(skipped: ')))],
    failures: tests
      .filter(({ status }) => status === 'failed')
      .map(({ file, fullName, failureMessages = [] }) => {
        const why = failureMessages.join('\n').split('\n').slice(0, FAILURE_LINES);
        return [`${file}: ${fullName}`, ...why.map((line) => `    ${line}`)].join('\n');
      }),
  };
}
