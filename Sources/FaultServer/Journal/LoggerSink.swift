public import Logging

/// Events as messages of swift-log, for a program that embeds a server and has its log already.
public final class LoggerSink: JournalSink {
    private let logger: Logger

    public init(_ logger: Logger) { self.logger = logger }

    public func write(_ event: Event) {
        guard let (text, tone) = event.line else { return }
        var metadata: Logger.Metadata = ["event": "\(event.kind.name)"]
        if let connection = event.connection { metadata["connection"] = "\(connection)" }
        if let request = event.request { metadata["request"] = "\(request)" }
        self.logger.log(level: tone.level, "\(text)", metadata: metadata)
    }

    public func close() {}
}

extension Event.Tone {
    fileprivate var level: Logger.Level {
        switch self {
        case .quiet: .debug
        case .plain: .info
        case .fault: .notice
        case .warning: .warning
        }
    }
}
