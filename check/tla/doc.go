// Package tla holds the TLA+ specification in the folder tla against the Go
// model: TLC explores it, and both reach the same states by the same actions.
//
// Use [Load] for the configurations of tla/manifest.json and [Config.Check] to
// run one of them: the numbers, what is violated, and where it is asked for the
// whole graph are compared with the record. [TLC] runs the model checker by
// itself; it needs Java and the jar that check/setup fetches, see [Jar].
//
//	all, err := tla.Load(dir)
//	config, err := tla.Find(all, "MC1")
//	found, err := config.Check(ctx, tla.Options{Dir: dir, Progress: show})
//
// [ReadDot] reads the graph that TLC dumps, [Explore] builds the model's, and
// [Compare] tells the first difference between them, with a shortest path.
package tla
