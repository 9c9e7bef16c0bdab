import Testing

@testable import FaultServer

@Suite struct JA3Tests {
    /// The example of JA3's own document.
    @Test func isThatOfItsDocument() {
        let fingerprint = JA3(
            version: 769, ciphers: [47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4],
            extensions: [0, 10, 11], groups: [23, 24, 25], pointFormats: [0])
        #expect(
            fingerprint.text
                == "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0")
        #expect(fingerprint.digest == "ada70206e40642a3e4461f35503241d5")
    }

    @Test func leavesGREASEOut() {
        let fingerprint = JA3(
            version: 771, ciphers: [0x0A0A, 4865, 0xFAFA], extensions: [0x1A1A], groups: [],
            pointFormats: [])
        #expect(fingerprint.text == "771,4865,,,")
        #expect(fingerprint.digest.count == 32)
    }
}
