// A worker that lays a graph out in layers, so that the page stays quick.

import dagre from './lib/dagre.esm.js';

addEventListener('message', ({ data }) => {
  const g = new dagre.graphlib.Graph({ multigraph: false });
  g.setGraph({ rankdir: 'TB', nodesep: 18, ranksep: 46, edgesep: 8, ranker: 'longest-path' });
  g.setDefaultEdgeLabel(() => ({}));
  for (let i = 0; i < data.nodes; i++) g.setNode(`${i}`, { width: 20, height: 20 });
  for (const [from, to] of data.edges) if (from !== to) g.setEdge(`${from}`, `${to}`);
  dagre.layout(g);
  const at = [];
  for (let i = 0; i < data.nodes; i++) at.push([g.node(`${i}`).x, g.node(`${i}`).y]);
  const lines = g.edges().map((e) => ({ from: Number(e.v), to: Number(e.w), points: g.edge(e).points.map((p) => [p.x, p.y]) }));
  postMessage({ at, lines });
});
