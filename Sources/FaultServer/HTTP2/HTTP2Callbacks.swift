import CNGHTTP2
import FaultKit

/// nghttp2's callbacks, the same for all sessions: thin, and free of captures as C wants them. Never changed once
/// they are set up.
final class HTTP2Callbacks: @unchecked Sendable {
    static let shared = HTTP2Callbacks()

    /// The `nghttp2_session_callbacks *`.
    let pointer: OpaquePointer

    private init() {
        var callbacks: OpaquePointer?
        guard nghttp2_session_callbacks_new(&callbacks) == 0, let callbacks else {
            preconditionFailure("nghttp2 has no memory for its callbacks")
        }
        self.pointer = callbacks
        nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks) { _, header, user in
            if let header { HTTP2Session.of(user).begin(header.pointee) }
            return 0
        }
        nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, frame, user in
            guard let frame = frame?.pointee else { return 0 }
            if frame.headers.cat == NGHTTP2_HCAT_REQUEST {
                HTTP2Session.of(user).beginHead(frame.hd.stream_id)
            }
            return 0
        }
        nghttp2_session_callbacks_set_on_header_callback(callbacks) {
            _, frame, name, nameLength, value, valueLength, _, user in
            guard let frame = frame?.pointee else { return 0 }
            HTTP2Session.of(user).field(
                UnsafeBufferPointer(start: name, count: nameLength),
                UnsafeBufferPointer(start: value, count: valueLength), on: frame.hd.stream_id)
            return 0
        }
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, user in
            if let frame { HTTP2Session.of(user).received(frame.pointee) }
            return 0
        }
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) {
            _, _, stream, _, count, user in
            HTTP2Session.of(user).note(.body(stream, count: count))
            return 0
        }
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, stream, _, user in
            HTTP2Session.of(user).closed(stream)
            return 0
        }
        nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks) {
            _, frame, code, user in
            let name = frame.map { FrameType.name($0.pointee.hd.type) } ?? "frame"
            let reason = String(cString: nghttp2_strerror(code))
            HTTP2Session.of(user).note(.refused("\(name): \(reason)"))
            return 0
        }
        nghttp2_session_callbacks_set_send_data_callback(callbacks) {
            _, frame, header, count, _, user in
            guard let frame = frame?.pointee, let header else {
                return Int32(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue)
            }
            HTTP2Session.of(user).write(
                UnsafeBufferPointer(start: header, count: FrameSize.header), count: count,
                of: frame.hd.stream_id)
            return 0
        }
    }

    deinit { nghttp2_session_callbacks_del(self.pointer) }
}

/// Fields as nghttp2 takes them.
enum HeaderBlock {
    /// Each scalar of a field is one byte, as on HTTP/1; names become lower case (RFC 9113 §8.2).
    static func with(
        _ fields: [Field], _ body: (UnsafePointer<nghttp2_nv>, Int) -> Void
    ) {
        var bytes: [UInt8] = []
        var lengths: [(name: Int, value: Int)] = []
        bytes.reserveCapacity(fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count })
        lengths.reserveCapacity(fields.count)
        for field in fields {
            let start = bytes.count
            field.name.withLatin1 { bytes.append(contentsOf: $0) }
            let middle = bytes.count
            for place in start..<middle { bytes[place] = bytes[place].asciiLowercased }
            field.value.withLatin1 { bytes.append(contentsOf: $0) }
            lengths.append((middle - start, bytes.count - middle))
        }
        bytes.withUnsafeMutableBufferPointer { bytes in
            // nghttp2 copies them before it returns, and writes nothing here.
            var place = bytes.baseAddress
            let block = lengths.map { length in
                defer { place = place.map { $0 + length.name + length.value } }
                return nghttp2_nv(
                    name: place, value: place.map { $0 + length.name }, namelen: length.name,
                    valuelen: length.value, flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue))
            }
            block.withUnsafeBufferPointer { block in
                if let first = block.baseAddress { body(first, block.count) }
            }
        }
    }
}
