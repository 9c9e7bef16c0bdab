import Dispatch
import NIOConcurrencyHelpers
import NIOCore

/// Takes events in their order, on one queue.
public protocol JournalSink: Sendable {
    func write(_ event: Event)
    /// Nothing follows.
    func close()
}

/// Numbers events, stamps their time, and hands them to its sinks away from the event loops.
public final class Journal: Sendable {
    private let sinks: [any JournalSink]
    private let began = NIODeadline.now()
    private let number = NIOLockedValueBox(0)
    private let queue = DispatchQueue(label: "faultserve.journal")
    /// A loop that is so many events ahead of the sinks waits for them.
    private let room = DispatchSemaphore(value: 16_384)

    public init(_ sinks: [any JournalSink]) { self.sinks = sinks }

    /// Records an event; costs nothing if nobody listens.
    func record(
        _ kind: @autoclosure () -> Event.Kind, connection: Int? = nil, request: Int? = nil
    ) {
        guard !self.sinks.isEmpty else { return }
        let kind = kind()
        self.room.wait()
        self.number.withLockedValue { number in
            number += 1
            let elapsed = NIODeadline.now() - self.began
            let event = Event(
                number: number, milliseconds: elapsed.milliseconds, connection: connection,
                request: request, kind: kind)
            // Under the lock, so that the queue has the events in the order of their numbers.
            self.queue.async {
                for sink in self.sinks { sink.write(event) }
                self.room.signal()
            }
        }
    }

    /// Returns once every recorded event is written and the sinks are closed.
    func close() {
        self.queue.sync {
            for sink in self.sinks { sink.close() }
        }
    }
}

extension TimeAmount {
    /// In milliseconds, to the microsecond.
    var milliseconds: Double { Double(self.nanoseconds / 1_000) / 1_000 }
}
