import FaultServer

/// Hands events on as they are written down.
struct EventRelay: JournalSink {
    let take: @Sendable (Event) -> Void

    init(_ take: @escaping @Sendable (Event) -> Void) { self.take = take }

    func write(_ event: Event) { self.take(event) }
    func close() {}
}
