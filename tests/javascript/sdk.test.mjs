// The AWS SDK for JavaScript against dmsconn_server, which the environment leads to.
// tests/test_javascript.py installs the SDK and runs this file.

import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import {
  CreateEndpointCommand,
  DatabaseMigrationServiceClient,
  DeleteConnectionCommand,
  DeleteEndpointCommand,
  DescribeConnectionsCommand,
  InvalidResourceStateFault,
  ResourceNotFoundFault,
  TestConnectionCommand,
  paginateDescribeConnections,
  waitUntilEndpointDeleted,
} from "@aws-sdk/client-database-migration-service";

const server = process.env.AWS_ENDPOINT_URL_DATABASE_MIGRATION_SERVICE;
const client = new DatabaseMigrationServiceClient();

const pair = {
  EndpointArn: "arn:aws:dms:us-east-1:123456789012:endpoint:ORDERS",
  ReplicationInstanceArn: "arn:aws:dms:us-east-1:123456789012:rep:PRODUCTION",
};
const aboutPair = [
  { Name: "endpoint-arn", Values: [pair.EndpointArn] },
  { Name: "replication-instance-arn", Values: [pair.ReplicationInstanceArn] },
];

async function control(command, body) {
  const answer = await fetch(`${server}/_dmsconn/${command}`, {
    method: body ? "POST" : "GET",
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body && JSON.stringify(body),
  });
  const content = await answer.json();
  assert.equal(answer.status, 200, content.message);
  return content;
}

async function seed(status) {
  await control("seed", { Connections: [{ ...pair, Status: status }] });
}

async function errorCodes() {
  return (await control("state")).calls.map((call) => call.error_code);
}

beforeEach(() => control("reset", {}));
after(() => client.destroy());

test("deletes a connection, and polls until it is gone", async () => {
  await seed("failed");

  const { Connection } = await client.send(new DeleteConnectionCommand(pair));
  assert.equal(Connection.Status, "deleting");
  assert.equal(Connection.EndpointArn, pair.EndpointArn);
  await assert.rejects(
    client.send(new DescribeConnectionsCommand({ Filters: aboutPair })),
    ResourceNotFoundFault,
  );

  const { connections, calls } = await control("state");
  assert.deepEqual(connections, []);
  assert.deepEqual(calls[0].params, pair);
  assert.equal(calls[0].transport, "server");
});

test("tests a connection", async () => {
  await seed("failed");

  const { Connection } = await client.send(new TestConnectionCommand(pair));
  assert.equal(Connection.Status, "testing");
  const listed = await client.send(new DescribeConnectionsCommand({ Filters: aboutPair }));
  assert.equal(listed.Connections[0].Status, "successful");
});

test("knows the exceptions of DMS, their messages and their request", async () => {
  await seed("testing");

  const error = await client.send(new DeleteConnectionCommand(pair)).catch((thrown) => thrown);
  assert.ok(error instanceof InvalidResourceStateFault);
  assert.match(error.message, /being tested/);
  assert.equal(error.$metadata.httpStatusCode, 400);
  assert.match(error.$metadata.requestId, /^[0-9a-f-]{36}$/);
});

test("reads page after page", async () => {
  const connections = Array.from({ length: 45 }, (_, number) => ({
    ...pair,
    EndpointArn: `${pair.EndpointArn}${number}`,
  }));
  await control("seed", { Connections: connections });

  const listed = [];
  for await (const page of paginateDescribeConnections({ client, pageSize: 20 }, {})) {
    listed.push(...page.Connections.map((connection) => connection.EndpointArn));
  }
  assert.deepEqual(listed, connections.map((connection) => connection.EndpointArn));
});

test("waits until an endpoint is gone", async () => {
  await seed("successful");
  const { EndpointArn } = pair;

  await client.send(new DeleteEndpointCommand({ EndpointArn }));
  const { state } = await waitUntilEndpointDeleted(
    { client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 },
    { Filters: [{ Name: "endpoint-arn", Values: [EndpointArn] }] },
  );
  assert.equal(state, "SUCCESS");
});

test("tries again when it is throttled", async () => {
  await seed("successful");
  await control("faults", { operation: "DeleteConnection", error: "ThrottlingException" });

  await client.send(new DeleteConnectionCommand(pair));
  assert.deepEqual(await errorCodes(), ["ThrottlingException", null]);
});

test("sees a connection that is broken off as an error", async () => {
  await seed("successful");
  await control("faults", {
    operation: "DeleteConnection",
    error: "connection-closed",
    applied: true,
    times: null,
  });

  await assert.rejects(client.send(new DeleteConnectionCommand(pair)));
  assert.equal((await errorCodes())[0], "connection-closed");
  const [connection] = (await control("state")).connections;
  assert.equal(connection.Status, "deleting");
});

test("is told of parameters that it does not check itself", async () => {
  const { EndpointArn } = pair;

  await assert.rejects(client.send(new DeleteConnectionCommand({ EndpointArn })), {
    name: "InvalidParameterValueException",
    message: /ReplicationInstanceArn/,
  });
});

test("is told of operations that the fake does not have", async () => {
  const endpoint = { EndpointIdentifier: "a", EndpointType: "source", EngineName: "mysql" };

  await assert.rejects(client.send(new CreateEndpointCommand(endpoint)), {
    name: "UnknownOperationException",
    message: /DeleteConnection/,
  });
});

test("acts in the account that an access key of 12 digits names", async () => {
  await seed("successful");
  const other = new DatabaseMigrationServiceClient({
    credentials: { accessKeyId: "210987654321", secretAccessKey: "fake" },
  });

  await assert.rejects(other.send(new DeleteConnectionCommand(pair)), ResourceNotFoundFault);
  other.destroy();
  assert.equal((await control("state")).calls[0].account_id, "210987654321");
});

test("many calls at once keep to their own connections", async () => {
  const connections = Array.from({ length: 40 }, (_, number) => ({
    ...pair,
    EndpointArn: `${pair.EndpointArn}${number}`,
  }));
  await control("seed", { Connections: connections });

  const answers = await Promise.all(
    connections.map((connection) => client.send(new DeleteConnectionCommand(connection))),
  );
  assert.deepEqual(
    answers.map((answer) => answer.Connection.EndpointArn),
    connections.map((connection) => connection.EndpointArn),
  );
});

test("an answer that breaks off is an error for fetch too", async () => {
  await seed("failed");
  await control("faults", { operation: "DescribeConnections", error: "connection-closed" });

  const answer = await fetch(server, {
    method: "POST",
    headers: { "X-Amz-Target": "AmazonDMSv20160101.DescribeConnections" },
    body: "{}",
  });
  await assert.rejects(answer.text());
});
