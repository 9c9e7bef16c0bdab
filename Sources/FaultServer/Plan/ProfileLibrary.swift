import Glibc

/// Finds profiles: by name in folders, or by their path.
public struct ProfileLibrary: Sendable {
    /// The folders that are looked through, each with its folder `field`, in order; of two profiles with
    /// one name the first counts.
    public let directories: [String]
    private let catalogue: Catalogue

    /// - Parameter directories: folders with profiles; one that does not exist is skipped.
    public init(directories: [String], catalogue: Catalogue) {
        self.directories = directories
        self.catalogue = catalogue
    }

    /// The names of all profiles, in alphabetical order.
    public var names: [String] { self.files.keys.sorted() }

    /// All profiles, in the order of their names.
    /// - Throws: ``ProfileError`` with the problems of all of them, or ``ServerError`` if a file cannot
    ///   be read.
    public func all() throws -> [Profile] {
        var profiles: [Profile] = []
        var problems: [Problem] = []
        for (_, file) in self.files.sorted(by: { $0.key < $1.key }) {
            do {
                profiles.append(try self.read(file))
            } catch let error as ProfileError {
                problems += error.problems
            }
        }
        guard problems.isEmpty else { throw ProfileError(problems: problems) }
        return profiles
    }

    /// The profile of that name, or in that file: a text with a slash or with the extension `.yaml` or
    /// `.yml` is a path.
    /// - Throws: ``ProfileError`` with the problems of the profile, or ``ServerError`` if there is none.
    public func resolve(_ nameOrPath: String) throws -> Profile {
        if nameOrPath.contains("/") || Self.extensions.contains(where: nameOrPath.hasSuffix) {
            return try self.read(nameOrPath)
        }
        let files = self.files
        if let file = files[nameOrPath] { return try self.read(file) }
        let folders =
            self.directories.isEmpty ? "" : " in " + self.directories.joined(separator: ", ")
        let hint = Spelling.hint(
            for: nameOrPath, among: files.keys,
            otherwise: "; 'faultserve list profiles' names them all, and a path works too")
        throw ServerError(.noInput, "no profile \(nameOrPath.shown)\(folders)\(hint)")
    }

    private static let extensions = [".yaml", ".yml"]

    /// The file of each name.
    private var files: [String: String] {
        var files: [String: String] = [:]
        for directory in self.directories.flatMap({ [$0, $0 + "/field"] }) {
            for entry in Self.entries(of: directory).sorted()
            where Self.extensions.contains(where: entry.hasSuffix) {
                let name = Profile.baseName(of: entry)
                if files[name] == nil { files[name] = directory + "/" + entry }
            }
        }
        return files
    }

    private static func entries(of directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var entries: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { entries.append(name) }
        }
        return entries
    }

    private func read(_ file: String) throws -> Profile {
        let bytes = try Self.bytes(of: file)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ProfileError(problems: [
                Problem(file: file, line: 1, column: 1, message: "a profile is written in UTF-8")
            ])
        }
        return try Profile.read(text, file: file, catalogue: self.catalogue)
    }

    /// More than any profile needs, and an end to a path that has none.
    private static let mostBytes = 1 << 20

    private static func bytes(of file: String) throws -> [UInt8] {
        guard let stream = fopen(file, "re") else {
            throw ServerError(.noInput, "cannot read \(file): \(String(cString: strerror(errno)))")
        }
        defer { fclose(stream) }
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.mostBytes + 1) { buffer, count in
            count = fread(buffer.baseAddress, 1, buffer.count, stream)
        }
        guard ferror(stream) == 0 else {
            throw ServerError(.noInput, "cannot read \(file): \(String(cString: strerror(errno)))")
        }
        guard bytes.count <= Self.mostBytes else {
            throw ServerError(.data, "\(file) is no profile: it is longer than 1 MiB")
        }
        return bytes
    }
}
