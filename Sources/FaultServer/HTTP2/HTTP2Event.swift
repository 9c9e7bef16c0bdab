import FaultKit

extension HTTP2Session {
    /// What the client has said, or met.
    enum Event {
        /// A request's head was read; its fields are as they came.
        case head(StreamID, Request)
        /// The head is larger than the limit.
        case headTooLarge(StreamID)
        case body(StreamID, count: Int)
        /// The request is whole.
        case end(StreamID)
        /// The stream is over, by either side.
        case closed(StreamID)
        /// RST_STREAM, or GOAWAY without a stream, with its code (RFC 9113 §7).
        case error(StreamID?, by: FaultServer.Event.Alert.Sender, code: ErrorCode)
        /// A disk has to be waited for: the bytes are to be read and supplied.
        case unread(StreamID, Image, Range<Int>)
        /// A frame that is refused.
        case refused(String)
        /// The queue of a stream has come to an end that is the connection's.
        case connectionEnds(Ending)
    }
}
