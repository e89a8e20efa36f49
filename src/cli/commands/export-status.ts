import { fields } from "../../console/table.ts";
import { agentJson } from "../../core/agent.ts";
import { agentQueueItemJson } from "../../core/agent-queue.ts";
import { alertJson } from "../../core/alert.ts";
import { loopJson } from "../../core/loop.ts";
import { nodeJson } from "../../core/node.ts";
import { workspaceJson } from "../../core/workspace.ts";
import { listAgentQueues } from "../../store/agent-queue.ts";
import { listAgents } from "../../store/agents.ts";
import { listOpenAlerts } from "../../store/alerts.ts";
import { listLoops } from "../../store/loops.ts";
import { listNodes } from "../../store/nodes.ts";
import { inTransaction } from "../../store/transaction.ts";
import { listWorkspaces } from "../../store/workspaces.ts";
import { EXPORT_HINT } from "../export-hint.ts";
import type { Run } from "../invocation.ts";
import { openStore } from "../store-access.ts";

export const run: Run<Record<never, never>> = (invocation) => {
  const { out } = invocation;
  const db = openStore(invocation, "read");
  // All of one moment.
  const { nodes, workspaces, agents, queues, alerts, loops } = inTransaction(db, () => ({
    nodes: listNodes(db),
    workspaces: listWorkspaces(db),
    agents: listAgents(db),
    queues: listAgentQueues(db),
    alerts: listOpenAlerts(db),
    loops: listLoops(db),
  }));
  if (out.isJson)
    return out.json({
      nodes: nodes.map(nodeJson),
      workspaces: workspaces.map(workspaceJson),
      agents: agents.map(agentJson),
      queues: queues.map(agentQueueItemJson),
      alerts: alerts.map(({ alert }) => alertJson(alert)),
      loops: loops.map(loopJson),
    });
  out.write(
    fields([
      ["Nodes:", String(nodes.length)],
      ["Workspaces:", String(workspaces.length)],
      ["Agents:", String(agents.length)],
      ["Queue items:", String(queues.length)],
      ["Alerts:", String(alerts.length)],
      ["Loops:", String(loops.length)],
    ]),
  );
  out.line(EXPORT_HINT);
};
