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

    /// A request's head as far as it has come. No other comes before its end (RFC 9113 §4.3).
    struct Incoming {
        let stream: StreamID
        var fields: [Field] = []
        var size = 0
        var isTooLarge = false
    }

    let limits: Limits
    private var session: OpaquePointer!
    private var events: [Event] = []
    var incoming: Incoming?
    var queues: [StreamID: StreamQueue] = [:]
    /// Streams whose response's head was said and not submitted.
    private var unsubmitted: [StreamID] = []
    var gaps = StreamGaps()
    /// What ``drain(into:upTo:)`` fills.
    var output = ByteBuffer()
    var outputLimit = 0
    /// Promises of bytes that were taken since the last drain.
    var taken: [EventLoopPromise<Void>] = []

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
        let queues = self.queues
        self.queues = [:]
        for var queue in queues.values { queue.fail() }
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

    /// Sends bytes of an image, which are read when there is room for them.
    func send(
        _ range: Range<Int>, of image: Image, promise: EventLoopPromise<Void>, on stream: StreamID
    ) {
        guard self.queues[stream] != nil else {
            return promise.fail(ChannelError.ioOnClosedChannel)
        }
        self.queues[stream]?.append(range, of: image, promise: promise)
        self.resume(stream)
    }

    /// Answers ``Event/unread(_:_:_:)``.
    func supply(_ bytes: Result<ByteBuffer, any Error>, to stream: StreamID) {
        let failed = self.queues[stream]?.supply(try? bytes.get())
        self.resume(stream)
        if case .failure(let error) = bytes { failed?.fail(error) }
    }

    func end(_ end: StreamQueue.End, on stream: StreamID) {
        self.queues[stream]?.append(end)
        self.resume(stream)
    }

    func reset(_ stream: StreamID, _ code: ErrorCode) {
        nghttp2_submit_rst_stream(self.session, 0, stream, code.number)
    }

    /// Says END_STREAM with the fields behind a body.
    func submitTrailers(_ fields: [Field], on stream: StreamID) {
        HeaderBlock.with(fields) { block, count in
            _ = nghttp2_submit_trailer(self.session, stream, block, count)
        }
    }

    /// Says GOAWAY; no stream that comes later is answered.
    func goAway(_ code: ErrorCode) {
        nghttp2_session_terminate_session(self.session, code.number)
    }

    /// Whether bytes wait for the client's windows, or for ``drain(into:upTo:)``.
    var hasUnsentBytes: Bool { self.queues.values.contains(where: \.hasBytes) }

    private func resume(_ stream: StreamID) {
        guard let queue = self.queues[stream], queue.isDeferred, !queue.isReading else { return }
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

@available(*, unavailable)
extension HTTP2Session: Sendable {}
