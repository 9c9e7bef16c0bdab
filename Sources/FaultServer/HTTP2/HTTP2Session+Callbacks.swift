import CNGHTTP2
import FaultKit
import NIOCore

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
            self.goAway(.protocolError)
        }
    }

    func beginHead(_ stream: StreamID) { self.incoming = Incoming(stream: stream) }

    func field(
        _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>, on stream: StreamID
    ) {
        guard self.incoming?.stream == stream else { return }
        self.incoming?.add(name, value, limits: self.limits)
    }

    func received(_ frame: nghttp2_frame) {
        let stream = frame.hd.stream_id
        let endsStream = frame.hd.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
        switch UInt32(frame.hd.type) {
        case NGHTTP2_HEADERS.rawValue:
            if let head = self.incoming, head.stream == stream {
                self.incoming = nil
                self.note(
                    head.isTooLarge ? .headTooLarge(stream) : .head(stream, Request(head.fields)))
            }
            if endsStream { self.note(.end(stream)) }
        case NGHTTP2_DATA.rawValue:
            if endsStream { self.note(.end(stream)) }
        case NGHTTP2_RST_STREAM.rawValue:
            self.note(.error(stream, by: .client, code: ErrorCode(frame.rst_stream.error_code)))
        case NGHTTP2_GOAWAY.rawValue:
            if frame.goaway.error_code != NGHTTP2_NO_ERROR.rawValue {
                self.note(.error(nil, by: .client, code: ErrorCode(frame.goaway.error_code)))
            }
        default: break
        }
    }

    func closed(_ stream: StreamID) {
        if self.incoming?.stream == stream { self.incoming = nil }
        if var queue = self.queues.removeValue(forKey: stream) {
            queue.fail()
            if let sequel = queue.sequel { self.note(.connectionEnds(sequel)) }
        }
        self.note(.closed(stream))
    }

    /// Says how many bytes the next DATA frame of a stream has.
    func read(
        _ stream: StreamID, upTo limit: Int, flags: UnsafeMutablePointer<UInt32>?
    ) -> Int {
        guard self.output.readableBytes < self.outputLimit else {
            return Int(NGHTTP2_ERR_PAUSE.rawValue)
        }
        guard let next = self.queues[stream]?.next(upTo: limit, taken: &self.taken) else {
            return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
        }
        switch next {
        case .bytes(let count, let endsStream): return Self.offer(count, endsStream, flags)
        case .image(let stretch, let count, let endsStream):
            guard self.place(count, of: stretch) else {
                if let (image, range) = self.queues[stream]?.startReading() {
                    self.note(.unread(stream, image, range))
                }
                return self.wait(stream)
            }
            return Self.offer(count, endsStream, flags)
        case .end(let end): return self.finish(stream, end, flags)
        case .nothing: return self.wait(stream)
        }
    }

    /// So many bytes come next, and ``write(_:count:of:)`` writes them.
    private static func offer(
        _ count: Int, _ endsStream: Bool, _ flags: UnsafeMutablePointer<UInt32>?
    ) -> Int {
        flags?.pointee |= NGHTTP2_DATA_FLAG_NO_COPY.rawValue
        if endsStream { flags?.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue }
        return count
    }

    private func finish(
        _ stream: StreamID, _ end: StreamQueue.End, _ flags: UnsafeMutablePointer<UInt32>?
    ) -> Int {
        switch end {
        case .whole(let trailers):
            flags?.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
            guard !trailers.list.isEmpty else { return 0 }
            flags?.pointee |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
            self.submitTrailers(trailers.list, on: stream)
            return 0
        case .connection(_, isWhole: true):
            flags?.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
            return 0
        case .connection(let ending, isWhole: false): self.note(.connectionEnds(ending))
        case .reset(let code): self.reset(stream, code)
        case .silence: break
        }
        self.queues[stream]?.dropEnd()
        return self.wait(stream)
    }

    private func wait(_ stream: StreamID) -> Int {
        self.queues[stream]?.isDeferred = true
        return Int(NGHTTP2_ERR_DEFERRED.rawValue)
    }

    /// Reads bytes of an image behind the room that the header of their frame needs.
    /// - Returns: false if they are not at hand, or cannot be read.
    private func place(_ count: Int, of stretch: StreamQueue.Stretch) -> Bool {
        let room = FrameSize.header..<FrameSize.header + count
        self.output.reserveCapacity(minimumWritableBytes: room.upperBound)
        return self.output.withUnsafeMutableWritableBytes { target in
            let target = UnsafeMutableRawBufferPointer(rebasing: target[room])
            let start = stretch.range.lowerBound
            return (try? stretch.image.read(into: target, at: start, waiting: false)) ?? false
        }
    }

    /// Writes a DATA frame whose bytes ``read(_:upTo:flags:)`` has promised.
    func write(_ header: UnsafeBufferPointer<UInt8>, count: Int, of stream: StreamID) {
        self.output.writeBytes(header)
        self.queues[stream]?.write(count, into: &self.output, taken: &self.taken)
    }
}

extension HTTP2Session.Incoming {
    fileprivate mutating func add(
        _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>, limits: Limits
    ) {
        // As SETTINGS_MAX_HEADER_LIST_SIZE counts (RFC 9113 §6.5.2).
        self.size += name.count + value.count + 32
        guard self.size <= limits.headSize, self.fields.count < limits.fieldCount + 4 else {
            self.isTooLarge = true
            return
        }
        self.fields.append(Field(String(latin1: name), String(latin1: value)))
    }
}
