// Runs pytest-dmsconn's server for a test file, and talks to its control API.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A fake of AWS DMS in a process of its own. */
export class FakeDms {
  #process;
  #url;

  /**
   * Start it with options such as "--deleting-seconds", "300"; `stop` ends it.
   * PYTHON names an interpreter that has pytest-dmsconn[server].
   */
  static async start(...options) {
    const fake = new FakeDms();
    const python = process.env.PYTHON ?? "python3";
    fake.#process = spawn(python, ["-m", "pytest_dmsconn", "serve", ...options], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    process.on("exit", () => fake.#process.kill()); // also when the tests end early
    const [line] = await Promise.race([
      once(createInterface(fake.#process.stdout), "line"), // its first line is its URL
      once(fake.#process, "exit").then(() => [null]),
    ]);
    if (line === null) throw new Error(`${python} -m pytest_dmsconn serve did not start`);
    fake.#url = line;
    return fake;
  }

  async stop() {
    this.#process.kill("SIGTERM");
    await once(this.#process, "exit");
  }

  /** The options of a client of the AWS SDK that sends its calls here. */
  get clientOptions() {
    return {
      endpoint: this.#url,
      region: "us-east-1",
      credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
    };
  }

  /** Connections, calls, and virtual time. */
  state() {
    return this.#ask("state");
  }

  /** Seed what `aws dms describe-connections` would print. */
  seed(listing) {
    return this.#ask("seed", listing);
  }

  /** Let calls fail: `{ operation: "DeleteConnection", error: "ThrottlingException" }`. */
  fail(fault) {
    return this.#ask("faults", fault);
  }

  /** Let virtual time pass. */
  advance(seconds) {
    return this.#ask("advance", { seconds });
  }

  /** Back to empty. */
  reset() {
    return this.#ask("reset", {});
  }

  async #ask(command, body) {
    const answer = await fetch(`${this.#url}/_dmsconn/${command}`, {
      method: body ? "POST" : "GET",
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body && JSON.stringify(body),
    });
    const content = await answer.json();
    if (!answer.ok) throw new Error(content.message);
    return content;
  }
}
