// Questions to the server.

/** Problem is an answer that is no success. */
export class Problem extends Error {
  constructor({ what, where, do: remedy }) {
    super(`${where}: ${what}; ${remedy}`);
    Object.assign(this, { what, where, remedy });
  }
}

/** ask gets the answer to a question about a place. */
export async function ask(path, query, options) {
  let response;
  try {
    response = await fetch(`/api/${path}?${query}`, options);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem({ what: 'it does not answer', where: 'the server', do: 'start `sesame explore` again, and reload' });
  }
  const answer = await response.json();
  if (!response.ok) throw new Problem(answer);
  return answer;
}

/** only keeps the questions of one kind apart: a new one ends the one before. */
export function only() {
  let controller;
  return (path, query, options) => {
    controller?.abort();
    controller = new AbortController();
    return ask(path, query, { ...options, signal: controller.signal });
  };
}
