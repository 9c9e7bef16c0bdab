extension AppImage {
    /// What an image's first bytes say about it, for a line that tells what is served.
    public struct Summary: Sendable, Hashable, CustomStringConvertible {
        /// How many bytes at the beginning of an image hold all that a summary needs.
        public static let prefixSize = AppDescriptor.offset + AppDescriptor.size

        /// The chip's id in the header, known or not.
        public let chipID: UInt16
        /// The project's name.
        public let project: String
        /// The app's version.
        public let version: String
        /// What anti-rollback compares with the chip's eFuses.
        public let secureVersion: UInt32
        /// Of the file, in bytes.
        public let size: Int

        /// Reads an image's first bytes.
        /// - Parameters:
        ///   - bytes: the beginning of a file, ``prefixSize`` bytes or more, of whatever content.
        ///   - size: how many bytes the whole file has.
        /// - Returns: nil if they are not the beginning of an app image. Only the magic numbers
        ///   tell: the image may be damaged all the same.
        public init?(prefix bytes: some Collection<UInt8>, size: Int) {
            let prefix = bytes.prefix(Self.prefixSize)
            guard let header = ImageHeader(prefix),
                let descriptor = AppDescriptor(prefix.dropFirst(AppDescriptor.offset))
            else { return nil }
            self.init(header, descriptor, size: size)
        }

        init(_ header: ImageHeader, _ descriptor: AppDescriptor, size: Int) {
            self.chipID = header.chipID
            self.project = descriptor.project
            self.version = descriptor.version
            self.secureVersion = descriptor.secureVersion
            self.size = size
        }

        /// The chip, if it is one that is known here.
        public var chip: Chip? { Chip(rawValue: self.chipID) }

        /// One line, such as `hello_world 1.0.0 for esp32, secure version 0, 165616 bytes`.
        public var description: String {
            let chip =
                Chip.name(ofID: self.chipID) ?? "unknown chip " + hexadecimal(self.chipID)
            return "\(self.project) \(self.version)".printable
                + " for \(chip), secure version \(self.secureVersion), \(self.size) bytes"
        }
    }
}
