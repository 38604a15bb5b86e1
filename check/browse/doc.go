// Package browse is the model in the browser: a page, and the questions that it
// asks a server.
//
// Use [New] for the handler and [Serve] to serve it. What the page shows is a
// [Place]: a system of the model, and a path in it. A place is a whole address,
// so that it can be shared, and the server keeps nothing between two questions
// but graphs, which follow from their systems alone. What is posted is read,
// answered and forgotten.
//
// Everything is bounded: the size of a question, how many are answered at once,
// and the time, the states and the memory of each. An answer that is no success
// is a [Problem]: what was wrong, where, and what to do.
//
// The page is plain JavaScript modules in assets, embedded as they are, with one
// library beside them, which lays out graphs. Package ui drives it in a browser.
package browse
