// swift-tools-version: 6.1
import PackageDescription

let nio = "swift-nio"
let core = Target.Dependency.product(name: "NIOCore", package: nio)

let package = Package(
    name: "faultserve",
    products: [
        .executable(name: "faultserve", targets: ["faultserve"]),
        // What somebody else's package needs to add a fault, prove it, and build a server with it.
        .library(name: "FaultKit", targets: ["FaultKit"]),
        .library(name: "Faults", targets: ["Faults"]),
        .library(name: "FaultServer", targets: ["FaultServer"]),
        .library(name: "FaultTesting", targets: ["FaultTesting"]),
        .executable(name: "virtual-board", targets: ["virtual-board"]),
        // Images by themselves, and their signatures.
        .library(name: "FirmwareImage", targets: ["FirmwareImage"]),
        .library(name: "ImageSigning", targets: ["ImageSigning"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(
            name: "CNGHTTP2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
        .target(name: "CLinux"),
        .target(name: "FaultKit", dependencies: [core]),
        .target(name: "FaultTesting", dependencies: ["FaultKit", core]),
        .target(name: "FirmwareImage"),
        .target(
            name: "Board", path: "firmware/board", exclude: ["program"], sources: ["src"],
            publicHeadersPath: "include",
            linkerSettings: [
                .linkedLibrary("mbedtls"), .linkedLibrary("mbedx509"),
                .linkedLibrary("mbedcrypto"), .linkedLibrary("http_parser"),
            ]),
        // The on-device app, on the virtual board.
        .target(
            name: "GuardedOTA", dependencies: ["Board"], path: "firmware/components/guarded_ota",
            exclude: ["CMakeLists.txt"]),
        .executableTarget(
            name: "virtual-board", dependencies: ["BoardProgram", "GuardedOTA"],
            path: "firmware/main", exclude: ["CMakeLists.txt", "Kconfig.projbuild"]),
        // The board's program without an app, and with each of those of the tests.
        .target(
            name: "BoardProgram", dependencies: ["Board"], path: "firmware/board/program",
            publicHeadersPath: "."),
        .executableTarget(
            name: "board-native", dependencies: ["BoardProgram"],
            path: "Tests/BoardTests/Apps/native"),
        .executableTarget(
            name: "board-simple", dependencies: ["BoardProgram"],
            path: "Tests/BoardTests/Apps/simple"),
        .executableTarget(
            name: "board-advanced", dependencies: ["BoardProgram"],
            path: "Tests/BoardTests/Apps/advanced"),
        .executableTarget(
            name: "board-probe", dependencies: ["BoardProgram"],
            path: "Tests/BoardTests/Apps/probe"),
        .testTarget(
            name: "BoardTests",
            dependencies: ["COpenSSL", "Board", "FirmwareImage", "ImageSigning"],
            exclude: ["Apps", "Fixtures"]),
        .target(name: "ImageSigning", dependencies: ["COpenSSL", "FirmwareImage"]),
        .target(name: "Faults", dependencies: ["FaultKit", "FirmwareImage", core]),
        .target(
            name: "FaultServer",
            dependencies: [
                "COpenSSL", "CNGHTTP2", "CLinux", "FaultKit", core,
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOHTTP1", package: nio),
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Yams", package: "Yams"),
            ]),
        // Drives a device through profiles, and judges it.
        .target(
            name: "Rig",
            dependencies: [
                "FaultKit", "FaultServer", "FirmwareImage", core,
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .testTarget(name: "RigTests", dependencies: ["FaultKit", "FaultServer", "Rig", core]),
        .executableTarget(
            name: "faultserve",
            dependencies: [
                "FaultKit", "FaultServer", "Faults", "FirmwareImage", "ImageSigning", "Rig", core,
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .testTarget(name: "FaultKitTests", dependencies: ["FaultKit", core]),
        .executableTarget(
            name: "image-fuzz", dependencies: ["FirmwareImage"], path: "Tests/ImageFuzz"),
        .testTarget(name: "FirmwareImageTests", dependencies: ["FirmwareImage"]),
        .testTarget(name: "ImageSigningTests", dependencies: ["FirmwareImage", "ImageSigning"]),
        .testTarget(
            name: "FaultsTests",
            dependencies: ["FaultKit", "Faults", "FaultTesting", "FirmwareImage", core]),
        .testTarget(
            name: "FaultServerTests",
            dependencies: [
                "COpenSSL", "FaultKit", "FaultServer", "Faults", core,
                .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "NIOEmbedded", package: nio),
                .product(name: "NIOHTTP1", package: nio),
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Golden"]),
        .testTarget(
            name: "EndToEndTests", dependencies: ["faultserve", "FirmwareImage"],
            exclude: ["Fixtures", "Golden"]),
        .testTarget(name: "TidyTests", dependencies: ["FaultKit", "FaultServer", "Faults"]),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets
where target.type != .system && !["CLinux", "Board"].contains(target.name) {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ]
}

// The board and its tests by themselves build in a minute, as they need no other package:
// `FAULTSERVE_PART=board swift test --no-parallel`.
if Context.environment["FAULTSERVE_PART"] == "board" {
    let part = [
        "COpenSSL", "FirmwareImage", "ImageSigning", "Board", "BoardProgram", "GuardedOTA",
        "virtual-board", "board-native", "board-simple", "board-advanced", "board-probe",
        "BoardTests",
    ]
    package.targets.removeAll { !part.contains($0.name) }
    package.products = []
    package.dependencies = []
}
