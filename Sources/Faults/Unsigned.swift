public import FaultKit
import FirmwareImage

/// Takes the signatures off an image.
public struct Unsigned: ImageFault {
    public static let manual = Manual(
        name: "unsigned",
        summary: "takes the Secure Boot v2 signatures off the image",
        requirement:
            "A client that checks signatures refuses the image, whatever its checksum and digest say, "
            + "and keeps the firmware that it runs.")

    /// Reads no knobs.
    public init(_ knobs: inout Knobs) throws {}

    /// - Throws: ``ImageError`` if the image is no signed app image.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        let (map, _) = try image.signedAppImageMap()
        image.replace(map.end..<image.count, with: [])
    }
}

extension Image {
    /// Where the parts of a signed app image stand, and its signature sector among them.
    /// - Throws: ``ImageError`` if it is none.
    func signedAppImageMap() throws -> (map: AppImageMap, signature: Range<Int>) {
        let map = try self.appImageMap()
        guard let signature = map.signature else {
            throw ImageError(
                "'\(self.name)' is not signed; sign it with 'faultserve image sign', or give --sign-key "
                    + "for the demo image")
        }
        return (map, signature)
    }
}
