// How measures are shown and written down.
import { readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';

const short = (n) => (n >= 100 ? Math.round(n).toLocaleString('en') : String(Math.round(n * 100) / 100));

/** Ratio of ours to the limit, and whether it holds. least: at least so much; most: at most so much. */
export function judged(row) {
  const ratio = row.ours / row.limit;
  return { ...row, ratio, holds: row.least !== undefined ? ratio >= row.least : ratio <= row.most };
}

/** Lines of a table of measures, without its head. */
export function table(rows) {
  return rows.map((row) => `| ${row.key} | ${row.name} | ${short(row.ours)} ${row.unit} | ${short(row.limit)} ${row.unit} | ${row.ratio.toFixed(2)} | `
    + `${row.least !== undefined ? `≥ ${row.least}` : `≤ ${row.most}`} | ${row.holds ? 'holds' : 'MISSED'} | ${row.note ?? ''} |`).join('\n');
}

/** Writes the measures as a page; what was not measured this time stays as it was. */
export async function write(file, rows) {
  const [cpu] = os.cpus();
  const version = /PRETTY_NAME="([^"]*)"/.exec(await readFile('/etc/os-release', 'utf8'))?.[1];
  const fresh = new Set(rows.map((row) => row.key));
  const before = (await readFile(file, 'utf8').catch(() => '')).split('\n').filter((line) => /^\| [a-z] \|/.test(line) && !fresh.has(line[2]));
  const lines = [...before, ...table(rows).split('\n')].sort((x, y) => x.charCodeAt(2) - y.charCodeAt(2));
  await writeFile(file, `# What it costs

Written by \`tests/bench/run\` on ${new Date().toISOString().slice(0, 10)}; CONTRIBUTING.md says how it measures. Every figure is the median of
interleaved runs, and a limit was measured in the same run as ours, so ratios can be compared between machines and figures cannot.

Machine: ${os.cpus().length} processors (${cpu.model.trim()}), ${Math.round(os.totalmem() / 2 ** 30)} GiB memory, ${version}, Linux ${os.release().split('-')[0]}.
Processes that wanted to run in the last 15 minutes, the load generators among them: ${os.loadavg()[2].toFixed(1)}.

| | measure | ours | limit | ratio | wanted | | |
|---|---|---|---|---|---|---|---|
${lines.join('\n')}
`);
}
