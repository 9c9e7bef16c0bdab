import ArgumentParser
import FaultServer
import FirmwareImage

/// One `--set NAME=VALUE`.
struct FieldSetting: ExpressibleByArgument, Sendable {
    let name: String
    let value: String

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else { return nil }
        self.name = String(parts[0])
        self.value = String(parts[1])
    }

    /// Writes the value.
    /// - Parameter fields: those that the image has.
    func apply(to bytes: inout [UInt8], _ fields: [ImageField]) throws {
        guard let field = fields.first(where: { $0.name == self.name }) else {
            let meant = fields.first { $0.name.hasSuffix("." + self.name) }
            throw ServerError(
                .usage,
                "the image has no field '\(self.name)'; "
                    + (meant.map { "did you mean '\($0.name)'?" }
                        ?? "'faultserve image inspect' shows those it has"))
        }
        try field.set(self.value, in: &bytes)
    }
}

extension AppImageMap {
    /// The fields of an image. Where a directive would be and none is, there is data of the app's own.
    func fields(of bytes: [UInt8]) throws -> [ImageField] {
        let start = Directive.offset
        let hasDirective =
            self.customDescriptor != nil && bytes.count >= start + Directive.size
            && Directive(bytes[start..<start + Directive.size]) != nil
        return ImageField.all(in: self).filter {
            hasDirective || !$0.name.hasPrefix("directive.")
        }
    }
}
