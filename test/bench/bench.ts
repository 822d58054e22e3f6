import { writeFile } from 'node:fs/promises';
import { cpus, release, totalmem, type } from 'node:os';
import { benchHttp } from './http.ts';
import { benchKernel } from './kernel.ts';

export interface BenchOptions {
  /** Of load for each line about HTTP. */
  readonly seconds: number;
  /** File for the results as JSON. */
  readonly json: string | null;
}

/** Measures the kernel and the service, and prints a table. */
export async function bench({ seconds, json }: BenchOptions): Promise<void> {
  const machine = describeMachine();
  console.log(
    `${machine.cpu}, ${machine.cores} cores, ${machine.memory} GB, ${machine.system}, Node ${machine.node}\n`,
  );

  const kernel = await benchKernel();
  for (const { name, value, unit } of kernel) {
    console.log(`${name.padEnd(46)} ${Math.round(value).toLocaleString('en').padStart(15)} ${unit}`);
  }

  console.log(`\n${row('HTTP', 'connections', 'p50 ms', 'p99 ms', 'requests/s')}`);
  const http = await benchHttp(seconds, ({ name, connections, p50, p99, requestsPerSecond }) =>
    console.log(
      row(
        name,
        String(connections),
        p50.toFixed(2),
        p99.toFixed(2),
        Math.round(requestsPerSecond).toLocaleString('en'),
      ),
    ),
  );
  console.log(`\nMedian answer, and constant answer: ${http.answerBytes.toLocaleString('en')} bytes.`);

  if (json === null) return;
  const report = { date: new Date().toISOString(), machine, seconds, kernel, http };
  await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
}

function row(name: string, ...values: string[]): string {
  return name.padEnd(30) + values.map((value) => value.padStart(12)).join('');
}

function describeMachine() {
  return {
    cpu: cpus()[0]?.model ?? 'unknown processor',
    cores: cpus().length,
    memory: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.versions.node,
  };
}
