// Delete the AWS DMS connections whose last test failed.
//
//     node cleanup.mjs

import { pathToFileURL } from "node:url";
import {
  DeleteConnectionCommand,
  InvalidResourceStateFault,
  ResourceNotFoundFault,
  paginateDescribeConnections,
} from "@aws-sdk/client-database-migration-service";

/**
 * Delete every connection that is `failed`.
 *
 * @param client a DatabaseMigrationServiceClient
 * @returns the endpoint identifiers of deleted and of busy connections
 */
export async function cleanUp(client) {
  const failed = [];
  for await (const page of paginateDescribeConnections({ client }, {})) {
    failed.push(...page.Connections.filter((connection) => connection.Status === "failed"));
  }
  const deleted = [];
  const busy = [];
  for (const { EndpointArn, ReplicationInstanceArn, EndpointIdentifier } of failed) {
    try {
      await client.send(new DeleteConnectionCommand({ EndpointArn, ReplicationInstanceArn }));
      deleted.push(EndpointIdentifier);
    } catch (error) {
      if (error instanceof InvalidResourceStateFault) {
        busy.push(EndpointIdentifier); // it is being tested or deleted
      } else if (!(error instanceof ResourceNotFoundFault)) {
        throw error;
      }
    }
  }
  return { deleted, busy };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { DatabaseMigrationServiceClient } = await import(
    "@aws-sdk/client-database-migration-service"
  );
  const { deleted, busy } = await cleanUp(new DatabaseMigrationServiceClient());
  console.log(`deleted: ${deleted.join(", ") || "none"}`);
  if (busy.length > 0) {
    console.error(`busy: ${busy.join(", ")}`);
    process.exitCode = 1;
  }
}
