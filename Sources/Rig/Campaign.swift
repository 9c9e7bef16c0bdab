/// Many runs on one bench, several at a time. Results do not depend on how many.
public struct Campaign: Sendable {
    public let bench: Bench
    public let runs: [Run]
    /// How many runs take place at the same time, each with a server and a device of its own.
    public let jobs: Int

    public init(bench: Bench, runs: [Run], jobs: Int) {
        self.bench = bench
        self.runs = runs
        self.jobs = jobs
    }

    /// Performs the runs in order.
    /// - Parameter tell: is told of what happens as it happens, from any task.
    /// - Returns: the results of all runs, in the order of the runs; if the task is cancelled, of those that
    ///   were over by then. What the others had started is ended.
    /// - Throws: if there is no server to be had, or no device.
    public func perform(tell: @escaping @Sendable (CampaignNews) -> Void) async throws
        -> [RunResult]
    {
        var results: [RunResult?] = Array(repeating: nil, count: self.runs.count)
        try await withThrowingTaskGroup(of: (Int, RunResult?).self) { group in
            var waiting = self.runs.enumerated().makeIterator()
            func startNext() {
                guard !Task.isCancelled, let (number, run) = waiting.next() else { return }
                group.addTask {
                    tell(.began(number, run))
                    let result = try await self.bench.perform(run) { tell(.reached(number, $0)) }
                    return (number, Task.isCancelled ? nil : result)
                }
            }
            for _ in 0..<self.jobs { startNext() }
            while let (number, result) = try await group.next() {
                results[number] = result
                if let result { tell(.ended(number, result)) }
                startNext()
            }
        }
        return results.compactMap { $0 }
    }
}
