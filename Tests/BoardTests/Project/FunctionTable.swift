import Foundation

/// What ESP-IDF v5.3 has, as Fixtures/esp-idf.functions lists it.
struct FunctionTable {
    struct Function {
        let name: String
        let type: String
        let component: String
        let header: String
        /// In ESP-IDF it is a macro that does the same.
        let isMacro: Bool
    }

    private(set) var functions: [String: Function] = [:]
    /// The components that have a header, by its name.
    private(set) var owners: [String: String] = [:]

    init() throws {
        let file = Make.package.appending(path: "Tests/BoardTests/Fixtures/esp-idf.functions")
        var (component, header) = ("", "")
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            if line.hasPrefix("[") {
                let words = line.dropFirst().dropLast().split(separator: " ").map(String.init)
                (component, header) = (words[0], words[1])
                self.owners[header] = component
            } else if !line.hasPrefix("#"), let colon = line.range(of: ": ") {
                let name = String(line[..<colon.lowerBound])
                let rest = line[colon.upperBound...]
                self.functions[name] = Function(
                    name: name, type: String(rest.replacing("  (macro)", with: "")),
                    component: component, header: header, isMacro: rest.hasSuffix("(macro)"))
            }
        }
    }
}
