import CNGHTTP2
import FaultKit
import NIOCore

/// One HTTP/2 connection of a server (RFC 9113): bytes and events out for bytes in, no socket. The only place that
/// holds an `nghttp2_session *`.
///
/// What the client says comes as events of ``receive(_:)``; what is to be said is kept by stream until
/// ``drain(into:upTo:)`` finds room for it in the client's windows.
final class HTTP2Session {
    typealias StreamID = Int32

    /// A request's head as far as it has come.
    struct Incoming {
        var fields: [Field] = []
        var size = 0
        var isTooLarge = false
    }

    private let limits: Limits
    private var session: OpaquePointer!
    private var events: [Event] = []
    var incoming: [StreamID: Incoming] = [:]
    private var queues: [StreamID: StreamQueue] = [:]
    /// Streams whose response's head was said and not submitted.
    private var unsubmitted: [StreamID] = []
    private var gaps = StreamGaps()
    /// What ``drain(into:upTo:)`` fills.
    fileprivate var output = ByteBuffer()
    fileprivate var outputLimit = 0
    /// Promises of bytes that were taken since the last drain.
    fileprivate var taken: [EventLoopPromise<Void>] = []

    init(limits: Limits) {
        self.limits = limits
        var options: OpaquePointer?
        nghttp2_option_new(&options)
        // Faults say heads of a megabyte.
        nghttp2_option_set_max_send_header_block_length(options, 4 << 20)
        defer { nghttp2_option_del(options) }
        // Unretained is sound: this object owns the session, whose callbacks run in its calls only.
        nghttp2_session_server_new2(
            &self.session, HTTP2Callbacks.shared.pointer,
            Unmanaged.passUnretained(self).toOpaque(), options)
        let settings = [
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue),
                value: UInt32(limits.streams)),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue),
                value: UInt32(limits.headSize)),
        ]
        nghttp2_submit_settings(self.session, 0, settings, settings.count)
    }

    deinit {
        nghttp2_session_del(self.session)
        for stream in self.queues.keys { self.queues[stream]?.fail() }
    }

    // MARK: What the client says

    /// Takes bytes from the client.
    /// - Returns: what they say, in order; nil if they are no HTTP/2, so that the connection cannot go on.
    func receive(_ bytes: ByteBuffer) -> [Event]? {
        let count = bytes.withUnsafeReadableBytes { bytes in
            nghttp2_session_mem_recv(
                self.session, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
        }
        if count < 0 {
            self.note(.refused(String(cString: nghttp2_strerror(Int32(count)))))
        }
        return count < 0 ? nil : self.takeEvents()
    }

    func takeEvents() -> [Event] {
        defer { self.events.removeAll(keepingCapacity: true) }
        return self.events
    }

    func note(_ event: Event) { self.events.append(event) }

    /// Neither side has anything to say any more.
    var isOver: Bool {
        nghttp2_session_want_read(self.session) == 0
            && nghttp2_session_want_write(self.session) == 0
    }

    // MARK: What is to be said

    /// Says an informational response (RFC 9113 §8.1).
    func inform(_ fields: [Field], on stream: StreamID) {
        HeaderBlock.with(fields) { block, count in
            _ = nghttp2_submit_headers(self.session, 0, stream, nil, block, count, nil)
        }
    }

    /// Says a response's head; its body follows by ``send(_:promise:on:)``.
    func respond(_ fields: [Field], on stream: StreamID) {
        self.queues[stream] = StreamQueue(head: fields)
        self.unsubmitted.append(stream)
    }

    /// - Parameter promise: kept when the last byte was taken for a DATA frame.
    func send(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>?, on stream: StreamID) {
        guard self.queues[stream] != nil else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        self.queues[stream]?.append(bytes, promise: promise)
        self.resume(stream)
    }

    func end(_ end: StreamQueue.End, on stream: StreamID) {
        self.queues[stream]?.append(end)
        self.resume(stream)
    }

    func reset(_ stream: StreamID, code: UInt32) {
        nghttp2_submit_rst_stream(self.session, 0, stream, code)
    }

    /// Says GOAWAY; no stream that comes later is answered.
    func goAway(code: UInt32) { nghttp2_session_terminate_session(self.session, code) }

    /// Whether bytes wait for the client's windows, or for ``drain(into:upTo:)``.
    var hasUnsentBytes: Bool { self.queues.values.contains(where: \.hasBytes) }

    private func resume(_ stream: StreamID) {
        guard self.queues[stream]?.isDeferred == true else { return }
        self.queues[stream]?.isDeferred = false
        nghttp2_session_resume_data(self.session, stream)
    }

    /// Appends frames to a buffer, until it has so many bytes, or nothing can be said.
    /// - Returns: promises of bytes that were taken; they are to be kept by the caller.
    func drain(into buffer: inout ByteBuffer, upTo limit: Int) -> [EventLoopPromise<Void>] {
        self.submitHeads()
        swap(&buffer, &self.output)
        defer { swap(&buffer, &self.output) }
        self.outputLimit = limit
        while self.output.readableBytes < limit {
            var bytes: UnsafePointer<UInt8>?
            let count = nghttp2_session_mem_send(self.session, &bytes)
            guard count > 0, let bytes else { break }
            self.output.writeBytes(UnsafeRawBufferPointer(start: bytes, count: count))
        }
        defer { self.taken.removeAll(keepingCapacity: true) }
        return self.taken
    }

    private func submitHeads() {
        guard !self.unsubmitted.isEmpty else { return }
        for stream in self.unsubmitted {
            guard let head = self.queues[stream]?.head else { continue }
            self.queues[stream]?.head = nil
            // Skips pieces without bytes.
            _ = self.queues[stream]?.next(upTo: 0, taken: &self.taken)
            var source = nghttp2_data_provider()
            source.read_callback = { _, stream, _, length, flags, _, user in
                HTTP2Session.of(user).read(stream, upTo: length, flags: flags)
            }
            let isAlone = self.queues[stream]?.isHeadAlone == true
            HeaderBlock.with(head) { block, count in
                if isAlone {
                    _ = nghttp2_submit_response(self.session, stream, block, count, nil)
                } else {
                    _ = nghttp2_submit_response(self.session, stream, block, count, &source)
                }
            }
        }
        self.unsubmitted.removeAll(keepingCapacity: true)
    }
}

// MARK: - nghttp2's side: called while it receives or drains

extension HTTP2Session {
    static func of(_ user: UnsafeMutableRawPointer?) -> HTTP2Session {
        // The pointer is the one that `init` handed over.
        Unmanaged<HTTP2Session>.fromOpaque(user!).takeUnretainedValue()
    }

    /// A frame begins: a new stream must not have a lower number than one before it (RFC 9113 §5.1.1), which nghttp2
    /// does not tell from a stream that is closed.
    func begin(_ header: nghttp2_frame_hd) {
        guard header.type == UInt8(NGHTTP2_HEADERS.rawValue), header.stream_id % 2 == 1 else {
            return
        }
        if self.gaps.opens(header.stream_id) == .skipped {
            self.goAway(code: UInt32(NGHTTP2_PROTOCOL_ERROR.rawValue))
        }
    }

    func beginHead(_ stream: StreamID) { self.incoming[stream] = Incoming() }

    func field(
        _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>, on stream: StreamID
    ) {
        guard var head = self.incoming.removeValue(forKey: stream) else { return }
        defer { self.incoming[stream] = head }
        // As SETTINGS_MAX_HEADER_LIST_SIZE counts (RFC 9113 §6.5.2).
        head.size += name.count + value.count + 32
        guard head.size <= self.limits.headSize, head.fields.count < self.limits.fieldCount + 4
        else {
            head.isTooLarge = true
            return
        }
        head.fields.append(Field(String(latin1: name), String(latin1: value)))
    }

    func received(_ frame: nghttp2_frame) {
        let stream = frame.hd.stream_id
        let endsStream = frame.hd.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
        switch UInt32(frame.hd.type) {
        case NGHTTP2_HEADERS.rawValue:
            if let head = self.incoming.removeValue(forKey: stream) {
                self.note(
                    head.isTooLarge ? .headTooLarge(stream) : .head(stream, Request(head.fields)))
            }
            if endsStream { self.note(.end(stream)) }
        case NGHTTP2_DATA.rawValue:
            if endsStream { self.note(.end(stream)) }
        case NGHTTP2_RST_STREAM.rawValue:
            self.note(.error(stream, by: .client, code: frame.rst_stream.error_code))
        case NGHTTP2_GOAWAY.rawValue:
            if frame.goaway.error_code != NGHTTP2_NO_ERROR.rawValue {
                self.note(.error(nil, by: .client, code: frame.goaway.error_code))
            }
        default: break
        }
    }

    func closed(_ stream: StreamID) {
        self.incoming[stream] = nil
        if var queue = self.queues.removeValue(forKey: stream) {
            queue.fail()
            if let sequel = queue.sequel { self.note(.connectionEnds(sequel)) }
        }
        self.note(.closed(stream))
    }

    /// Says how many bytes the next DATA frame of a stream has.
    fileprivate func read(
        _ stream: StreamID, upTo limit: Int, flags: UnsafeMutablePointer<UInt32>?
    ) -> Int {
        guard self.queues[stream] != nil else {
            return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
        }
        switch self.queues[stream]?.next(upTo: limit, taken: &self.taken) {
        case .bytes(let count, let endsStream):
            flags?.pointee |= NGHTTP2_DATA_FLAG_NO_COPY.rawValue
            if endsStream { flags?.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue }
            return count
        case .end(let end): return self.finish(stream, end, flags)
        case .nothing, nil: return self.wait(stream)
        }
    }

    private func finish(
        _ stream: StreamID, _ end: StreamQueue.End, _ flags: UnsafeMutablePointer<UInt32>?
    ) -> Int {
        switch end {
        case .whole(let trailers):
            flags?.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
            guard !trailers.list.isEmpty else { return 0 }
            flags?.pointee |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
            HeaderBlock.with(trailers.list) { block, count in
                _ = nghttp2_submit_trailer(self.session, stream, block, count)
            }
            return 0
        case .connection(_, isWhole: true):
            flags?.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
            return 0
        case .connection(let ending, isWhole: false): self.note(.connectionEnds(ending))
        case .reset(let code): self.reset(stream, code: code)
        case .silence: break
        }
        self.queues[stream]?.dropEnd()
        return self.wait(stream)
    }

    private func wait(_ stream: StreamID) -> Int {
        self.queues[stream]?.isDeferred = true
        return Int(NGHTTP2_ERR_DEFERRED.rawValue)
    }

    /// Writes a DATA frame whose bytes ``read(_:upTo:flags:)`` has promised.
    /// - Returns: false if there is no room now.
    func write(_ header: UnsafeBufferPointer<UInt8>, count: Int, of stream: StreamID) -> Bool {
        guard self.queues[stream] != nil, self.output.readableBytes < self.outputLimit else {
            return false
        }
        self.output.writeBytes(header)
        self.queues[stream]?.write(count, into: &self.output, taken: &self.taken)
        return true
    }
}

@available(*, unavailable)
extension HTTP2Session: Sendable {}
