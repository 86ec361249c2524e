@echo off
rem Runs the Maven release kept in .mvn\wrapper; needs a JDK 17 or newer and nothing else.
setlocal
set "release=apache-maven-3.9.11"
set "dists=%USERPROFILE%\.m2\wrapper\unpacked"
if not "%MAVEN_USER_HOME%"=="" set "dists=%MAVEN_USER_HOME%\wrapper\unpacked"
set "jar=jar"
if not "%JAVA_HOME%"=="" set "jar=%JAVA_HOME%\bin\jar"
if not exist "%dists%\%release%\bin\mvn.cmd" (
  if not exist "%dists%" mkdir "%dists%"
  pushd "%dists%"
  "%jar%" xf "%~dp0.mvn\wrapper\%release%-bin.zip" || exit /b 1
  popd
)
call "%dists%\%release%\bin\mvn.cmd" %*
exit /b %ERRORLEVEL%
