import Logging
import NIOConcurrencyHelpers
import Testing

@testable import FaultServer

@Suite struct LoggerSinkTests {
    /// Keeps what is logged.
    private struct Keeper: LogHandler {
        let kept: NIOLockedValueBox<[String]>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let who = event.metadata?["connection"].map { "\($0)" } ?? "none"
            self.kept.withLockedValue { $0.append("\(event.level) #\(who) \(event.message)") }
        }
    }

    @Test func logsEventsAtTheLevelOfTheirTone() {
        let kept = NIOLockedValueBox<[String]>([])
        let sink = LoggerSink(Logger(label: "test") { _ in Keeper(kept: kept) })
        sink.write(
            Event(
                number: 1, milliseconds: 1, connection: 7, request: nil,
                kind: .failure("the disk is gone")))
        sink.write(
            Event(
                number: 2, milliseconds: 2, connection: 7, request: nil,
                kind: .accepted(client: "192.0.2.7:1")))
        let lines = kept.withLockedValue { $0 }
        #expect(lines.count == 1)
        #expect(lines[0].hasPrefix("warning #7 "))
        #expect(lines[0].hasSuffix("failed: the disk is gone"))
    }
}
