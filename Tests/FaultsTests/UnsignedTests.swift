import FaultKit
import Faults
import FirmwareImage
import Testing

@Suite struct UnsignedTests {
    @Test func leavesTheAppAlone() throws {
        let image = try signedImage()
        #expect(try image.edited(by: Unsigned.self) == image.bytes(in: 0..<4096))
    }

    @Test func saysThatThereIsNothingToTakeOff() {
        let image = Image(name: "app.bin", bytes: AppImage.demo().bytes)
        let error = #expect(throws: ImageError.self) { try image.edited(by: Unsigned.self) }
        #expect(error?.description.hasPrefix("'app.bin' is not signed; sign it with") == true)
    }
}
