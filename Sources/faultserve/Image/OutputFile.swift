import ArgumentParser
import FaultServer
import Glibc

/// The file that a command writes: all of it or nothing, and never what it was made from.
struct OutputFile: ParsableArguments {
    @Option(name: [.customShort("o"), .customLong("output")], help: "The file to write.")
    var path: String

    @Flag(help: "Replace a file that is there.")
    var force = false

    /// Writes the file.
    /// - Parameters:
    ///   - inputs: what the bytes were made from, keys too, which are never written over.
    ///   - isSecret: whether nobody but the owner may read it.
    func write(
        _ bytes: [UInt8], madeFrom inputs: [InputFile] = [], isSecret: Bool = false
    ) throws(ServerError) {
        guard !self.path.isEmpty, self.path != "-" else {
            throw ServerError(
                .usage, "'\(self.path)' is no file to write, and images go into files; name one")
        }
        guard !inputs.contains(where: { $0.isFile(at: self.path) }) else {
            throw ServerError(
                .usage,
                "\(self.path) is the file that is read, or its key, which is left as it is; write "
                    + "another file"
            )
        }
        var status = stat()
        if lstat(self.path, &status) == 0 {
            guard [S_IFREG, S_IFLNK].contains(status.st_mode & S_IFMT) else {
                throw ServerError(
                    .usage, "\(self.path) is there already and is no file; write another one")
            }
            guard self.force else {
                throw ServerError(
                    .usage, "\(self.path) is there already; replace it with --force")
            }
        }
        try WholeFile(path: self.path).replace(bytes, mode: isSecret ? 0o600 : Self.usualMode)
    }

    /// What this process gives a new file.
    private static var usualMode: mode_t {
        // There is no way to ask but to set it.
        let mask = umask(0o077)
        umask(mask)
        return 0o666 & ~mask
    }
}
