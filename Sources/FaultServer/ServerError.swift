/// Why a server cannot start or go on, in one sentence, with the exit status that scripts see.
public struct ServerError: Error, Sendable, CustomStringConvertible {
    /// Exit statuses, after sysexits.h.
    public enum Status: Int32, Sendable {
        /// Wrong use of the command.
        case usage = 64
        /// A profile or an image is wrong.
        case data = 65
        /// An input is missing or cannot be read.
        case noInput = 66
        /// A port or device cannot be had.
        case unavailable = 69
        /// A bug.
        case software = 70
    }

    public let status: Status
    public let description: String

    public init(_ status: Status, _ description: String) {
        self.status = status
        self.description = description
    }
}
