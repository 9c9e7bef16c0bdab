/// Which device is tested: `board`, or `exec:COMMAND`.
public enum DeviceAddress: Sendable, Hashable {
    /// The virtual board.
    case board
    /// A shell's command with the device's console on standard input and output.
    case command(String)

    public static let form = "board, or exec:COMMAND"

    public init?(_ text: String) {
        if text == "board" {
            self = .board
        } else if text.hasPrefix("exec:"), text.count > 5 {
            self = .command(String(text.dropFirst(5)))
        } else {
            return nil
        }
    }
}
