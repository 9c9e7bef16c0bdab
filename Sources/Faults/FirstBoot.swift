public import FaultKit
public import FirmwareImage
import NIOCore

/// Tells the app how its first boot is to go.
public struct FirstBoot: ImageFault {
    public static let manual = Manual(
        name: "first-boot",
        summary:
            "tells firmware that reads a directive (docs/images.md) how its first boot is to go",
        requirement:
            "The device confirms an app that passes its self-test, and goes back to the one that ran before "
            + "if the new one fails, crashes, hangs or is not confirmed.",
        knobs: [
            .init(
                "behaviour",
                "what the app does: pass, fail-self-test, crash, hang, or no-confirm (it runs, and never "
                    + "confirms itself)"),
            .init(
                "phase",
                "when: self-test (default), or startup, before app_main, for crash and hang only"),
            .init("after", "how long the app waits before, in whole milliseconds; default 0ms"),
            Resealing.knob(default: .full),
        ],
        example: ["behaviour": "fail-self-test"])

    private let directive: Directive
    private let resealing: Resealing

    /// Reads `behaviour`, `phase`, `after` and `reseal`.
    public init(_ knobs: inout Knobs) throws {
        let behaviour = try knobs.read("behaviour", as: Directive.Behaviour.self)
        let phase = try knobs.read("phase", default: Directive.Phase.selfTest)
        let after = try knobs.read("after", default: TimeAmount.zero)
        self.resealing = try Resealing(&knobs, default: .full)
        if phase == .startup, behaviour != .crash, behaviour != .hang {
            throw KnobError(
                knob: "phase",
                "'phase' is startup, in which an app can only crash or hang; write self-test")
        }
        let (delay, rest) = after.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000)
        guard rest == 0, let delay = UInt32(exactly: delay) else {
            throw KnobError(
                knob: "after", "'after' is out of range; write whole milliseconds, up to 49d")
        }
        self.directive = Directive(behaviour, phase: phase, delay: delay)
    }

    /// - Throws: ``ImageError`` if the image is no app image, or carries no directive.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        try self.resealing.edit(&image) { map, image in
            let place = Directive.offset..<Directive.offset + Directive.size
            guard let room = map.customDescriptor, room.upperBound >= place.upperBound,
                Directive(try image.bytes(in: place)) != nil
            else {
                throw ImageError(
                    "'\(image.name)' carries no directive at \(Directive.offset), by which first-boot tells "
                        + "an app what to do; offer firmware that has one, or use entry-address, at "
                        + "which any app crashes")
            }
            image.replace(place, with: self.directive.bytes)
        }
    }
}

extension Directive.Behaviour: KnobValue {
    public static var form: String { "one of " + names(Self.allCases.map(\.name)) }

    public init?(knob text: String) {
        guard let value = Self.allCases.first(where: { $0.name == text.lowercased() }) else {
            return nil
        }
        self = value
    }
}

extension Directive.Phase: KnobValue {
    public static var form: String { "one of " + names(Self.allCases.map(\.name)) }

    public init?(knob text: String) {
        guard let value = Self.allCases.first(where: { $0.name == text.lowercased() }) else {
            return nil
        }
        self = value
    }
}

private func names(_ list: [String]) -> String { list.joined(separator: ", ") }
