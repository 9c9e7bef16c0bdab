import FaultKit
import Glibc

/// A folder whose files are served.
///
/// A name is opened first and judged afterwards, by where the object that was really opened lies; what
/// is read is that object. So no link, however it is swapped meanwhile, leads out of the folder.
public struct Root: Sendable {
    private let path: [UInt8]
    private let openFiles = OpenFiles()

    /// - Throws: ``ContentError`` if the path is no folder, or cannot be opened.
    public init(_ path: String) throws {
        self.path = Array(path.utf8)
        do {
            _ = try Home(self.path)
        } catch  where error.code == ENOTDIR {
            throw ContentError("\(path) is no folder; give the folder that holds the files.")
        } catch {
            throw ContentError("The folder \(path) cannot be served: \(error).")
        }
    }

    enum Found {
        case file(Representation)
        case folder(Descriptor)
    }

    /// Opens what a path names.
    /// - Parameter name: the path as the client said it, for the sentence of a refusal.
    func open(
        _ segments: [[UInt8]], name: @autoclosure () -> String
    ) throws(Refusal) -> Found {
        let path = segments.reduce(into: self.path) { path, segment in
            path.append(UInt8(ascii: "/"))
            path += segment
        }
        if let file = self.openFiles.find(path) { return .file(file) }
        let found = try self.home().open(segments, name: name())
        if case .file(let file) = found { self.openFiles.keep(file, at: path) }
        return found
    }

    /// What a folder holds that would be served, in no order.
    func entries(
        of folder: Descriptor, at segments: [[UInt8]], name: String
    ) throws(Refusal) -> (entries: [Listing.Entry], isComplete: Bool) {
        let home = try self.home()
        let names = try Refusal.opening(name) { try folder.names(limit: Listing.limit + 1) }
        let entries = names.prefix(Listing.limit).compactMap { home.entry(segments, $0) }
        return (entries, names.count <= Listing.limit)
    }

    private func home() throws(Refusal) -> Home {
        do {
            return try Home(self.path)
        } catch  where error.code == ENOENT {
            throw .notFound("The served folder is gone from the server's disk; make it again.")
        } catch {
            throw .system(error, opening: "the served folder")
        }
    }
}

/// A root as it is during one request: its folder may be replaced, as builds do, between two.
private struct Home {
    let folder: Descriptor
    let location: [UInt8]

    init(_ path: [UInt8]) throws(SystemError) {
        self.folder = try Descriptor(opening: path, Descriptor.pathOnly | O_DIRECTORY)
        self.location = try self.folder.location()
    }

    func open(_ segments: [[UInt8]], name: String) throws(Refusal) -> Root.Found {
        guard !segments.contains(where: { $0.first == UInt8(ascii: ".") }) else {
            throw .notFound("Names that begin with a dot are not served; ask for another.")
        }
        let path = segments.isEmpty ? Array(".".utf8) : Array(segments.joined(separator: [0x2F]))
        let handle = try Refusal.opening(name) {
            try Descriptor(opening: path, in: self.folder, Descriptor.pathOnly)
        }
        guard self.holds(try Refusal.opening(name) { try handle.location() }) else {
            throw .forbidden(
                "\(name) is a link that leads out of the served folder; ask for a file in it.")
        }
        switch try Refusal.opening(name, { try handle.status().kind }) {
        case .folder: return .folder(handle)
        case .file, .other:
            return .file(try Representation(opening: handle, name: segments.last ?? []))
        }
    }

    /// What a listing says of a name; nil if it would not be served.
    func entry(_ segments: [[UInt8]], _ name: [UInt8]) -> Listing.Entry? {
        guard let found = try? self.open(segments + [name], name: "") else { return nil }
        switch found {
        case .file(let file):
            return Listing.Entry(
                name: name, size: file.image.count, modified: file.modified)
        case .folder(let folder):
            guard let status = try? folder.status() else { return nil }
            return Listing.Entry(name: name, size: nil, modified: status.modified.seconds)
        }
    }

    /// Whether a canonical path lies in the folder.
    private func holds(_ path: [UInt8]) -> Bool {
        let slash = UInt8(ascii: "/")
        let prefix = self.location.last == slash ? self.location : self.location + [slash]
        return path == self.location || path.starts(with: prefix)
    }
}
