import Testing

@testable import Rig

/// What is written to name a device.
@Suite struct DeviceAddressTests {
    @Test(
        arguments: [
            ("serial:/dev/ttyUSB0", "/dev/ttyUSB0", 115_200),
            ("serial:/dev/ttyACM1@921600", "/dev/ttyACM1", 921_600),
            ("serial:/dev/serial/by-id/usb-a@b/x", "/dev/serial/by-id/usb-a@b/x", 115_200),
        ])
    func aSerialLineHasARate(text: String, path: String, baud: Int) throws {
        guard case .serial(let line) = try DeviceAddress(text) else {
            Issue.record("\(text) is no serial line")
            return
        }
        #expect(line.path == path && line.baud == baud)
    }

    @Test func theOthersAreAsTheyAreWritten() throws {
        #expect(try DeviceAddress("board") == .board)
        #expect(try DeviceAddress("exec:cat x@1") == .command("cat x@1"))
        let line = try DeviceAddress("serial:/dev/ttyUSB0")
        #expect(try DeviceAddress(line.description) == line)
    }

    @Test(
        arguments: [
            ("usb", "write board, exec:COMMAND, or serial:PATH[@BAUD]"),
            ("exec:", "write board"), ("serial:", "as in serial:/dev/ttyUSB0"),
            ("serial:ttyUSB0", "as in serial:/dev/ttyUSB0"),
            ("serial:/dev/ttyUSB0@", "choose among 9600, 19200"),
            ("serial:/dev/ttyUSB0@1000", "no line has '1000' baud"),
        ])
    func wrongOnesSayWhatToWrite(text: String, said: String) {
        let error = #expect(throws: RigError.self) { try DeviceAddress(text) }
        #expect(error?.description.contains(said) == true)
    }

    @Test(
        arguments: [
            // Out of the box.
            ("factory", 2, "factory", "factory"), ("factory", 2, "ota_1", "ota_1"),
            // With two slots an update goes to the other one, and the next one back.
            ("ota_0", 2, "factory", "ota_0"), ("ota_0", 2, "ota_0", "ota_1"),
            ("ota_0", 2, "ota_1", "ota_0"), ("ota_1", 2, "factory", "ota_1"),
            ("ota_1", 2, "ota_0", "ota_0"), ("ota_1", 2, "ota_1", "ota_1"),
            // With three it goes round.
            ("ota_1", 3, "ota_0", "ota_2"), ("ota_1", 3, "ota_1", "ota_0"),
            // A boot log that names none.
            ("0x110000", 0, "ota_0", "ota_0"),
        ])
    func slotsAreCountedFromWhereTheDeviceWas(
        start: String, count: Int, named: String, slot: String
    ) {
        #expect(SlotRing(start: start, count: count).slot(for: named) == slot)
    }

    @Test func theLastSlotIsKnownBeforehand() {
        #expect(SlotRing(start: "ota_0", count: 2).isLastNext)
        #expect(SlotRing(start: "ota_1", count: 3).isLastNext)
        #expect(!SlotRing(start: "ota_1", count: 2).isLastNext)
        #expect(!SlotRing(start: "factory", count: 2).isLastNext)
    }
}
