// Runs pytest-dmsconn's server for a test file, and talks to its control API.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A fake of AWS DMS in a process of its own. */
export class FakeDms {
  #process;
  #url;

  /**
   * Start the server with options such as "--deleting-seconds", "300"; `stop` ends it.
   * The variable PYTHON names an interpreter that has pytest-dmsconn[server].
   */
  static async start(...options) {
    const fake = new FakeDms();
    const python = process.env.PYTHON ?? "python3";
    fake.#process = spawn(python, ["-m", "pytest_dmsconn", "serve", ...options], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    process.on("exit", () => fake.#process.kill()); // also when the tests end early
    const [line] = await Promise.race([
      once(createInterface(fake.#process.stdout), "line"), // the first line is the URL
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

  /** The options of an AWS SDK client that sends its calls to this server. */
  get clientOptions() {
    return {
      endpoint: this.#url,
      region: "us-east-1",
      credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
    };
  }

  /** The connections, calls and virtual time. */
  state() {
    return this.#ask("state");
  }

  /** Seed connections, in the form of `aws dms describe-connections`. */
  seed(listing) {
    return this.#ask("seed", listing);
  }

  /** Make calls fail: `{ operation: "DeleteConnection", error: "ThrottlingException" }`. */
  fail(fault) {
    return this.#ask("faults", fault);
  }

  /** Advance virtual time. */
  advance(seconds) {
    return this.#ask("advance", { seconds });
  }

  /** Remove all connections, calls and faults. */
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
