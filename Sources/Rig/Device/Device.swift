public import FaultServer

/// A device under test: a console, and power.
public protocol Device: Sendable {
    /// Whose words its console speaks.
    var dialect: Dialect { get }
    /// How many times as fast as a device on a desk it is: its time-outs, and so the times in which it is
    /// to have done something, are that much shorter.
    var pace: Int { get }

    /// Whether its flash can be made to suffer something.
    var takesFlashMishaps: Bool { get }

    /// Powers it on, hands out each line that it says, and types each line that it is given. Cancelling
    /// the task powers it off; it may be powered on again then.
    /// - Parameter flash: what its flash suffers.
    /// - Returns: how it ended, if it did so by itself.
    /// - Throws: ``RigError`` if there is no such device.
    func live(
        suffering flash: FlashMishap, typing lines: AsyncStream<String>,
        hearing hear: @escaping @Sendable (String) -> Void
    ) async throws -> DeviceEnd
}

/// How a device ended by itself.
public enum DeviceEnd: Sendable, Hashable {
    /// The virtual board lost its power, as it was told to.
    case powerCut
    /// It booted more often than it was to: an app that crashes each time.
    case bootLoop
    /// Nothing boots.
    case nothingBoots
    /// The program or the line is gone.
    case gone(String)
}

/// Why a device cannot be tested, and what to do.
public struct RigError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
