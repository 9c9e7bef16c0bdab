import FaultKit
import FaultTesting
import Faults
import FirmwareImage
import Testing

@Suite struct ConformanceTests {
    @Test(arguments: Faults.all.map { $0.manual.name })
    func everyShippedFaultConforms(_ name: String) throws {
        let fault = try #require(Faults.all.first { $0.manual.name == name })
        let images = Samples.images + (try Self.appImages())
        #expect(Conformance.check(fault, with: Self.more[name] ?? [], images: images) == [])
    }

    /// Of two chips that differ in instructions and in how memory is laid out, and signed.
    private static func appImages() throws -> [Image] {
        let images = try [Chip.esp32, .esp32c6].map { chip in
            let recipe = AppImageRecipe(
                chip: chip, project: "sample", version: "2.0.0", size: 80 << 10)
            return Image(name: "app-\(chip.name).bin", bytes: try recipe.bytes())
        }
        return try images + [signedImage(), signedImage(hasOwnKey: true)]
    }

    /// Other ways to set the knobs than the manual's example.
    private static let more: [String: [KeyValuePairs<String, String>]] = [
        "cancelling-flips": [[:], ["at": "50%", "distance": "4KiB"]],
        "app-version": [["version": "0.9.0", "reseal": "none"], ["version": ""]],
        "chip-revision": [["max": "1"], ["min": "1.2", "max": "399", "reseal": "checksum"]],
        "corrupt-image": [
            ["at": "0,5,-1", "mask": "0xFF"], ["count": "4096", "from": "10%", "to": "-1"],
            ["part": "padding"], ["part": "segments", "count": "3", "reseal": "full"],
            ["part": "digest", "reseal": "checksum"],
        ],
        "cut-image": [["at": "0"], ["at": "-33"], ["at": "50%", "align": "16"]],
        "damage-sector": [
            ["how": "erase"], ["how": "zero", "at": "-1"], ["how": "duplicate", "sector": "0"],
            ["how": "drop", "at": "4096"],
        ],
        "damage-signature": [[:], ["part": "crc"], ["part": "key"], ["part": "magic"]],
        "delay": [
            ["by": "1s"], ["by": "0s", "jitter": "1ns", "at": "500"], ["by": "1s", "at": "-1"],
        ],
        "descriptor-magic": [[:], ["word": "0xffffffff", "reseal": "none"]],
        "efuse-block-revision": [["max": "0.1"], ["min": "102", "max": "1.99"]],
        "entry-address": [[:], ["address": "0xffffffff", "reseal": "checksum"]],
        "expired": [[:], ["by": "1s"], ["by": "36500d"]],
        "first-boot": [
            ["behaviour": "hang", "phase": "startup", "after": "250ms"],
            ["behaviour": "no-confirm", "reseal": "none"],
        ],
        "first-segment": [["size": "0"], ["size": "100KiB"], ["size": "252", "reseal": "none"]],
        "flip": [["at": "0,1,2,997,1500"], ["chance": "1/7"], ["at": "100%,-1", "chance": "1/1"]],
        "hash-appended": [[:], ["value": "2"], ["value": "255", "digest": "keep"]],
        "load-address": [
            ["address": "outside-ram"], ["address": "second-drom"],
            ["address": "0x40078000", "segment": "2", "reseal": "checksum"],
        ],
        "mix-builds": [[:], ["from": "0", "to": "4096", "version": "3.0.0"], ["from": "-33"]],
        "mmu-page-size": [[:], ["size": "64KiB"]],
        "other-flash-settings": [["speed": "15"], ["mode": "9", "speed": "1", "size": "0"]],
        "other-project": [[:], ["name": ""]],
        "oversize": [["size": "100004"], ["size": "82000", "how": "segment"]],
        "random-bytes": [[:], ["from": "50%"]],
        "secure-version": [["version": "33"], ["version": "0xffffffff", "reseal": "none"]],
        "segment-count": [["count": "+1"], ["count": "-1"], ["count": "0", "reseal": "none"]],
        "segment-length": [
            ["length": "huge"], ["length": "past-end", "segment": "4"], ["length": "wrap"],
            ["length": "8", "segment": "1", "reseal": "none"],
        ],
        "slice": [
            ["size": "7"], ["size": "3", "to": "100"], ["size": "1000", "pause": "3ns"],
            ["size": "64KiB"],
        ],
        "spi-flash-mode": [[:], ["mode": "255"]],
        "stall": [["at": "0"], ["at": "-1"], ["at": "1200", "for": "1ms"]],
        "status": [
            ["code": "204"], ["code": "304"], ["code": "404", "body": "grün", "reason": "Nö"],
        ],
        "throttle": [
            ["rate": "100/s"], ["rate": "1023/s", "from": "1500"], ["rate": "100MiB/s"],
            ["rate": "3KiB/s", "from": "-700", "quantum": "7"],
            ["rate": "8bit/s", "quantum": "3000"],
        ],
        "truncate": [
            ["at": "0"], ["at": "1500", "ending": "reset"], ["at": "-33", "ending": "hang"],
        ],
        "web-page": [[:], ["title": "<b> & \"c\"", "size": "30000"]],
        "wrong-checksum": [[:], ["digest": "keep", "mask": "255"]],
        "wrong-chip": [[:], ["chip": "0xfffe", "reseal": "none"]],
        "wrong-digest": [[:], ["byte": "0"]],
        "wrong-length": [["by": "-100"], ["length": "0"], ["length": "1GiB", "ending": "hang"]],
        "wrong-magic": [[:], ["byte": "0x3c", "reseal": "none"]],
        "wrong-name": [[:], ["name": "2001:db8::1"]],
    ]

    @Test func namesAreInOrderAndUnique() {
        let names = Faults.all.map { $0.manual.name }
        #expect(names == Set(names).sorted())
    }

    @Test func theOtherKnobsOfEveryTestNameAFault() {
        #expect(Set(Self.more.keys).isSubset(of: Faults.all.map { $0.manual.name }))
    }
}
