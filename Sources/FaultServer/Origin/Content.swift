public import FaultKit
import Glibc

/// What a server offers: images, each under a name, and the files of a folder. An image hides a file
/// of its name in the folder.
public struct Content: Sendable {
    /// By their names at the top: `firmware.bin` is served as `/firmware.bin`. No name has a slash.
    public var images: [String: Offered]
    public var root: Root?

    public init(images: [String: Offered] = [:], root: Root? = nil) {
        self.images = images
        self.root = root
    }

    /// Offers a file as `/firmware.bin`, which the first image to be offered gets, and under its own
    /// name. It is looked for at each request, so that a new build is served as soon as it is there.
    /// - Throws: ``ContentError`` if the file cannot be served now.
    public mutating func offer(file path: String) throws {
        let offered = try Offered.file(path)
        self.images[offered.name] = offered
        self.images["firmware.bin"] = self.images["firmware.bin"] ?? offered
    }

    /// Offers an image as `/firmware.bin`, which the first image to be offered gets, and under its own
    /// name, which must have no slash.
    /// - Parameter modified: the time it claims to be from, in seconds since 1970.
    /// - Throws: ``ImageError`` if the image cannot be read.
    public mutating func offer(_ image: Image, modified: Int) throws {
        let offered = try Offered.image(image, modified: modified)
        self.images[offered.name] = offered
        self.images["firmware.bin"] = self.images["firmware.bin"] ?? offered
    }
}

/// Why content cannot be offered: a sentence that says what to do.
public struct ContentError: Error, Hashable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}

/// An image that is served under a name.
public struct Offered: Sendable {
    private enum Place: Sendable {
        case memory(Image, stamp: String, modified: Int)
        case file([UInt8], OpenFiles)
    }

    /// The image's own name, without folders.
    let name: String
    private let place: Place

    /// An image as it is now.
    /// - Parameter modified: the time it claims to be from, in seconds since 1970.
    /// - Throws: ``ImageError`` if the image cannot be read: all of it is, once.
    public static func image(_ image: Image, modified: Int) throws -> Offered {
        var print = Fingerprint()
        print.add(image.name.utf8)
        for start in stride(from: 0, to: image.count, by: 1 << 16) {
            print.add(try image.bytes(in: start..<min(start + 1 << 16, image.count)))
        }
        let stamp = UInt64(image.count).hexadecimal + "-" + print.value.hexadecimal
        return Offered(
            name: image.name, place: .memory(image, stamp: stamp, modified: modified))
    }

    /// A file, as it is at each request.
    /// - Throws: ``ContentError`` if it cannot be served now.
    public static func file(_ path: String) throws -> Offered {
        let name = String(path.split(separator: "/").last ?? "")
        let offered = Offered(name: name, place: .file(Array(path.utf8), OpenFiles()))
        do {
            _ = try Descriptor(opening: Array(path.utf8), Descriptor.pathOnly)
            _ = try offered.representation()
        } catch let error as Refusal {
            throw ContentError("The image \(path) cannot be served: \(error.sentence)")
        } catch {
            throw ContentError("The image \(path) cannot be opened: \(error).")
        }
        return offered
    }

    /// What is sent to a request that comes now.
    func representation() throws(Refusal) -> Representation {
        switch self.place {
        case .memory(let image, let stamp, let modified):
            return Representation(image: image, stamp: stamp, modified: modified)
        case .file(let path, let openFiles):
            if let file = openFiles.find(path) { return file }
            let handle: Descriptor
            do {
                handle = try Descriptor(opening: path, Descriptor.pathOnly)
            } catch  where error.code == ENOENT {
                throw .notFound("\(self.name) is gone from the server's disk; build it again.")
            } catch {
                throw .system(error, opening: self.name)
            }
            let file = try Representation(opening: handle, name: Array(self.name.utf8))
            openFiles.keep(file, at: path)
            return file
        }
    }
}
