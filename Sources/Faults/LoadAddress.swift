public import FaultKit
import FirmwareImage

/// Sends a segment to an address where it does not belong.
public struct LoadAddress: ImageFault {
    public static let manual = Manual(
        name: "load-address",
        summary: "says that a segment belongs at another address",
        requirement:
            "The client or its bootloader refuses an image with a segment that cannot be mapped or loaded "
            + "where it says, and the firmware that ran before runs again.",
        knobs: [
            .init(
                "address",
                "the address in the segment's header: misaligned (4 more, so that it cannot be mapped), "
                    + "outside-ram (0x20000000, where no chip has RAM), second-drom (behind the "
                    + "constants, so that padding is mapped as a second DROM segment), or a number"),
            .init(
                "segment",
                "the number of the segment, from 0 on; default the first that is mapped, is copied to RAM, or "
                    + "is padding, as the address wants it, and 0 for a number"),
            Resealing.knob(default: .full),
        ],
        example: ["address": "misaligned"])

    private let address: Address
    private let segment: SegmentNumber?
    private let resealing: Resealing

    /// Reads `address`, `segment` and `reseal`.
    public init(_ knobs: inout Knobs) throws {
        self.address = try knobs.read("address")
        self.segment = try knobs.readIfSet("segment")
        self.resealing = try Resealing(&knobs, default: .full)
    }

    /// - Throws: ``ImageError`` if the image is no app image, or has no segment that the address is for.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        try self.resealing.edit(&image) { map, image in
            let (number, address) = try self.target(in: map, of: image)
            try image.change(["segment[\(number)].load_addr": Int(address)], in: map)
        }
    }

    private func target(in map: AppImageMap, of image: Image) throws -> (Int, UInt32) {
        switch self.address {
        case .misaligned:
            let number = try self.number(in: map, of: image, "is mapped") { $0.isMapped }
            return (number, map.segments[number].loadAddress &+ 4)
        case .outsideRAM:
            let number = try self.number(in: map, of: image, "is copied to RAM") {
                !$0.isMapped && $0 != .padding
            }
            return (number, 0x2000_0000)
        case .secondDROM:
            let number = try self.number(in: map, of: image, "is padding") { $0 == .padding }
            return (number, try self.placeBehindConstants(for: number, in: map, of: image))
        case .at(let address):
            let number = self.segment?.value ?? 0
            _ = try image.segment(number, in: map)
            return (number, address)
        }
    }

    /// The segment whose address is to change: the one that the knob names, or the first that fits.
    /// - Parameter what: what a segment that fits does or is.
    private func number(
        in map: AppImageMap, of image: Image, _ what: String, _ fits: (MemoryKind) -> Bool
    ) throws -> Int {
        guard let chip = map.header.chip else {
            throw ImageError(
                "'\(image.name)' is for a chip whose memory is not known; give 'address' a number")
        }
        let fitting = map.segments.indices.filter {
            chip.memory(at: map.segments[$0].loadAddress).map(fits) ?? false
        }
        guard let named = self.segment?.value else {
            guard let first = fitting.first else {
                throw ImageError("'\(image.name)' has no segment that \(what); offer one that has")
            }
            return first
        }
        _ = try image.segment(named, in: map)
        guard fitting.contains(named) else {
            throw ImageError(
                "'\(image.name)' has no segment \(named) that \(what); name another 'segment', or none"
            )
        }
        return named
    }

    /// The address in the first page behind the first segment at which a segment can be mapped.
    private func placeBehindConstants(
        for number: Int, in map: AppImageMap, of image: Image
    ) throws -> UInt32 {
        let (constants, data) = (map.segments[0], map.segments[number].data)
        let kind = map.header.chip?.memory(at: constants.loadAddress)
        let end = Int(constants.loadAddress) + constants.data.count
        let page = (end + Chip.page - 1) / Chip.page * Chip.page
        let address = page + data.lowerBound % Chip.page
        guard kind?.isMapped == true, !data.isEmpty,
            let last = UInt32(exactly: address + data.count - 1),
            map.header.chip?.memory(at: last) == kind
        else {
            throw ImageError(
                "'\(image.name)' has no room behind its constants, in the memory of its chip, for segment "
                    + "\(number); offer a smaller image")
        }
        return UInt32(address)
    }
}

private enum Address: KnobValue, Hashable {
    case misaligned, outsideRAM, secondDROM
    case at(UInt32)

    static let form =
        "misaligned, outside-ram, second-drom, or an address up to 4294967295, also in hexadecimal"

    init?(knob text: String) {
        switch text.lowercased() {
        case "misaligned": self = .misaligned
        case "outside-ram": self = .outsideRAM
        case "second-drom": self = .secondDROM
        default:
            guard let number = FieldNumber<UInt32>(knob: text) else { return nil }
            self = .at(number.value)
        }
    }
}
