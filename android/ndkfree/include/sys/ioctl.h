/* Control of devices. */
#pragma once

int ioctl(int file, int request, ...);
