import Testing

@testable import FaultServer

@Suite struct JA3Tests {
    /// The example of JA3's own document.
    @Test func isThatOfItsDocument() throws {
        let fingerprint = JA3(
            try hello(
                version: 769,
                suites: [47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4],
                extensions: [(0, []), (10, [0, 6, 0, 23, 0, 24, 0, 25]), (11, [1, 0])]))
        #expect(
            fingerprint.text
                == "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0")
        #expect(fingerprint.digest == "ada70206e40642a3e4461f35503241d5")
    }

    @Test func leavesGREASEOut() throws {
        let fingerprint = JA3(
            try hello(
                version: 771, suites: [0x0A0A, 4865, 0xFAFA],
                extensions: [(0x1A1A, []), (10, [0, 4, 0x2A, 0x2A, 0, 29])]))
        #expect(fingerprint.text == "771,4865,10,29,")
        #expect(fingerprint.digest.count == 32)
    }

    private func hello(
        version: Int, suites: [Int], extensions: [(Int, [UInt8])]
    ) throws -> ClientHelloMessage {
        try #require(
            ClientHelloMessage(
                ClientHelloBytes.message(
                    version: version, suites: suites, extensions: extensions)))
    }
}
