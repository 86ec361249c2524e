@echo off
rem Starts an example program by its simple name, from any folder:
rem
rem   rise-examples\run Quickstart --seed 2
rem
rem JAVA_HOME chooses the Java; RISE_JAVA_OPTS replaces the options given to it (-Xmx1g).
setlocal
set "here=%~dp0"
set "sources=%here%src\main\java\org\riselm\examples"
set "class="
if "%~1"=="" goto usage
findstr /m /c:"static void main(" "%sources%\%~1.java" >nul 2>&1 && set "class=org.riselm.examples.%~1"
findstr /m /c:"static void main(" "%sources%\lab\%~1.java" >nul 2>&1 && set "class=org.riselm.examples.lab.%~1"
findstr /m /c:"static void main(" "%sources%\lab\bench\%~1.java" >nul 2>&1 && set "class=org.riselm.examples.lab.bench.%~1"
if not defined class (
  echo There is no program %~1.>&2
  goto usage
)
if not exist "%here%target\classpath" (
  echo The examples are not built yet. In the repository's root, run: mvnw -q -DskipTests package>&2
  exit /b 2
)
set /p dependencies=<"%here%target\classpath"
set "spark="
for %%p in ("" "lab\" "lab\bench\") do (
  findstr /m /c:"import org.apache.spark" "%sources%\%%~p%~1.java" >nul 2>&1 && set /p spark=<"%here%target\spark-classpath"
)
set "java=java"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java"
if not defined RISE_JAVA_OPTS set "RISE_JAVA_OPTS=-Xmx1g"
set "CLASSPATH=%here%target\classes;%dependencies%;%spark%"
set "arguments="
:collect
shift
if "%~1"=="" goto start
set arguments=%arguments% %1
goto collect
:start
"%java%" %RISE_JAVA_OPTS% %class% %arguments%
exit /b %errorlevel%

:usage
echo Usage: run ^<Program^> [arguments]. The programs are:>&2
for %%f in ("%sources%\*.java" "%sources%\lab\*.java" "%sources%\lab\bench\*.java") do (
  findstr /m /c:"static void main(" "%%f" >nul 2>&1 && echo   %%~nf>&2
)
exit /b 2
