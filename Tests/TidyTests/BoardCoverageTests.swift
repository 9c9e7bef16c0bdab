import FaultServer
import Foundation
import Testing

/// The virtual board does as ESP-IDF v5.3.2 was seen to do: each path that ESP-IDF's own code was run
/// through, and that takes a server, an image, a flash or a loss of power, has a test on the board that
/// names it with `.covers(...)`. Of the others each that no test provokes has a reason.
@Suite struct BoardCoverageTests {
    /// What the board cannot be brought to, and why. Paths of newer versions are none of its own.
    private static let leftOut: [String: String] = [
        "cfg-oom": "the board has no model of the heap",
        "cfg-global-ca-missing": "the board has no global CA store",
        "cfg-bundle-invalid": "its bundle is a PEM file, and a broken one is refused at the start",
        "dns-first-addr-only": "takes a resolver with several addresses for one name",
        "tcp-blackhole": "takes a network that drops packets",
        "tcp-keepalive-dead": "takes a network that drops packets",
        "tcp-socket-fail": "the board has as many sockets as Linux gives it",
        "tls-renegotiate": "the profile renegotiation asks for it",
        "tls-alloc-fail": "the board has no model of the heap",
        "body-closed-before-complete": "nothing that was tried leads v5.3.2 there",
        "decrypt-header-fail": "pre-encrypted updates are a component outside of ESP-IDF",
        "decrypt-body-fail": "pre-encrypted updates are a component outside of ESP-IDF",
        "decrypt-zero-output": "pre-encrypted updates are a component outside of ESP-IDF",
        "write-offset-unaligned": "the board's flash is not encrypted",
        "end-tail-write-fail": "the board's flash is not encrypted",
        "img-wrapped": "a segment beyond the flash is refused first, and 64 MiB do not wrap",
        "sig-v1-missing": "the board knows the second signature scheme only",
        "seg0-multi-map": "the board maps all of the flash at once",
        "boot-skip-validate": "the board's bootloader always checks",
        "boot-debugger": "the board has no JTAG",
        "boot-factory-reset-gpio": "the board's bootloader reads no pins",
        "boot-test-app-gpio": "the board's bootloader reads no pins",
        "confirm-efuse-coding": "the board's eFuses have no coding scheme",
        "confirm-wifi-gate": "the board's network is always there",
    ]

    /// What was seen, and takes no more than the board's options and files can bring about.
    private static var toProvoke: [OTAPath] {
        OTAPath.all.filter {
            $0.evidence == .seen && !$0.needs.isDisjoint(with: [.server, .image, .flash, .power])
        }
    }

    @Test func everyPathIsProvokedOnTheBoardOrHasAReason() throws {
        let covered = try Self.coveredByTests()
        for id in covered.union(Self.leftOut.keys) {
            #expect(OTAPath[id] != nil, "no path is named \(id)")
        }
        #expect(covered.isDisjoint(with: Self.leftOut.keys), "no longer left out")
        let missing = Self.toProvoke.map(\.id).filter { !covered.contains($0) }
        #expect(missing.isEmpty, "no test of the board covers them")

        let newer = OTAPath.all.filter(\.isNewer).map(\.id)
        let silent = OTAPath.all.map(\.id).filter {
            !covered.contains($0) && Self.leftOut[$0] == nil && !newer.contains($0)
        }
        #expect(silent.isEmpty, "no test, and no reason")

        let provoked = Self.toProvoke.count { covered.contains($0.id) }
        print(
            "The board's tests provoke \(provoked) of the \(Self.toProvoke.count) paths that",
            "ESP-IDF v5.3.2 was seen to take and that a server, an image, a flash or a loss of",
            "power provokes, and \(covered.count) of the \(OTAPath.all.count) paths in all.")
        for (id, reason) in Self.leftOut.sorted(by: { $0.key < $1.key }) {
            print("  left out: \(id): \(reason)")
        }
        print("  left out, as v5.3.2 has them not: \(newer.joined(separator: ", "))")
    }

    /// The ids in `.covers("a", "b")` of the tests on the board.
    private static func coveredByTests() throws -> Set<String> {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        var ids: Set<String> = []
        for folder in ["BoardTests", "EndToEndTests"] {
            let files = FileManager.default.enumerator(
                at: tests.appending(path: folder), includingPropertiesForKeys: nil)
            for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
                let text = try String(contentsOf: file, encoding: .utf8)
                for call in text.matches(of: /\.covers\(([^)]*)\)/) {
                    ids.formUnion(call.1.matches(of: /"([^"]*)"/).map { String($0.1) })
                }
            }
        }
        return ids
    }
}

extension OTAPath {
    fileprivate var isNewer: Bool {
        if case .newer = self.evidence { true } else { false }
    }
}
