// Tests of the clean-up: seed connections, run the program unchanged, check its calls.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { DatabaseMigrationServiceClient } from "@aws-sdk/client-database-migration-service";
import { cleanUp } from "./cleanup.mjs";
import { FakeDms } from "./fake-dms.mjs";

let dms;
let client;

before(async () => {
  dms = await FakeDms.start();
  client = new DatabaseMigrationServiceClient(dms.clientOptions);
});
after(async () => {
  client?.destroy();
  await dms?.stop();
});
beforeEach(() => dms.reset());

function connection(endpoint, status) {
  return {
    EndpointArn: `arn:aws:dms:us-east-1:123456789012:endpoint:${endpoint.toUpperCase()}`,
    ReplicationInstanceArn: "arn:aws:dms:us-east-1:123456789012:rep:PRODUCTION",
    EndpointIdentifier: endpoint,
    Status: status,
  };
}

async function deletedEndpoints() {
  const { calls } = await dms.state();
  return calls
    .filter((call) => call.operation === "DeleteConnection" && call.status_code === 200)
    .map((call) => call.response.Connection.EndpointIdentifier);
}

test("deletes the failed connections and no others", async () => {
  await dms.seed({
    Connections: [
      connection("orders", "successful"),
      connection("billing", "failed"),
      connection("crm", "failed"),
    ],
  });

  const { deleted } = await cleanUp(client);

  assert.deepEqual(deleted, ["billing", "crm"]);
  assert.deepEqual(await deletedEndpoints(), ["billing", "crm"]);
});

test("leaves a clean account alone", async () => {
  await dms.seed({ Connections: [connection("orders", "successful")] });

  await cleanUp(client);

  assert.deepEqual(await deletedEndpoints(), []);
});

test("goes on when a connection is busy", async () => {
  await dms.seed({ Connections: [connection("billing", "failed"), connection("crm", "failed")] });
  await dms.fail({ operation: "DeleteConnection", error: "InvalidResourceStateFault" });

  assert.deepEqual(await cleanUp(client), { deleted: ["crm"], busy: ["billing"] });
});

test("stops when AWS denies access", async () => {
  await dms.seed({ Connections: [connection("billing", "failed")] });
  await dms.fail({ operation: "DeleteConnection", error: "AccessDeniedException" });

  await assert.rejects(cleanUp(client), { name: "AccessDeniedException" });
  assert.equal((await dms.state()).connections[0].Status, "failed");
});
